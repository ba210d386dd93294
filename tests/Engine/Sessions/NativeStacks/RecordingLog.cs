using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>Keeps the warnings.</summary>
internal sealed class RecordingLog : IEngineLog
{
    public List<string> Warnings { get; } = [];

    public bool IsDebugEnabled => false;

    public void Warning(string message) => Warnings.Add(message);

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Progress(string activity, string status, int percent)
    {
    }
}
