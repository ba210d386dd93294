using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Sessions;

/// <summary>The log of a session that is used again and again: it goes where the caller wants it at the moment, but for warnings, which are kept.</summary>
internal sealed class WatchLog : IEngineLog
{
    /// <summary>Where it goes.</summary>
    public IEngineLog Inner { get; set; } = SilentLog.Instance;

    /// <summary>The warnings since the list was cleared, each once.</summary>
    public List<string> Warnings { get; } = [];

    public bool IsDebugEnabled => Inner.IsDebugEnabled;

    public void Verbose(string message) => Inner.Verbose(message);

    public void Debug(string message) => Inner.Debug(message);

    public void Warning(string message)
    {
        if (!Warnings.Contains(message))
        {
            Warnings.Add(message);
        }
    }

    public void Progress(string activity, string status, int percent)
    {
    }
}
