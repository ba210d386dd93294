namespace PyStack.Engine.Primitives;

/// <summary>Receives what the engine tries. Called on the session's thread only, and never while a target is stopped.</summary>
internal interface IEngineLog
{
    /// <summary>Whether anyone reads <see cref="Debug"/>; callers ask before they build long texts.</summary>
    bool IsDebugEnabled { get; }

    /// <summary>One step and its outcome, for <c>-Verbose</c>.</summary>
    void Verbose(string message);

    /// <summary>Addresses, sizes and times, for <c>-Debug</c>.</summary>
    void Debug(string message);

    /// <summary>Something that the user should know and that does not end the work.</summary>
    void Warning(string message);

    /// <summary>The progress of long work, 0 to 100, or -1 if unknown.</summary>
    void Progress(string activity, string status, int percent);
}

/// <summary>A log that no one reads.</summary>
internal sealed class SilentLog : IEngineLog
{
    public static readonly SilentLog Instance = new();

    public bool IsDebugEnabled => false;

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Warning(string message)
    {
    }

    public void Progress(string activity, string status, int percent)
    {
    }
}
