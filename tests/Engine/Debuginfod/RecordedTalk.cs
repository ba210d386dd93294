using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Tests.Debuginfod;

/// <summary>Keeps what is said of downloads.</summary>
internal sealed class RecordedTalk : IEngineLog
{
    public List<string> Warnings { get; } = [];

    public List<string> Verboses { get; } = [];

    public List<string> Steps { get; } = [];

    public bool IsDebugEnabled => false;

    public void Warning(string message) => Warnings.Add(message);

    public void Verbose(string message) => Verboses.Add(message);

    public void Debug(string message)
    {
    }

    public void Progress(string activity, string status, int percent) => Steps.Add($"{activity}: {status}");
}
