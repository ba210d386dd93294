using System;

namespace PyStack.Engine.Targets;

/// <summary>What is known of an OS thread without its registers.</summary>
/// <param name="Name">Its OS name, or null.</param>
/// <param name="CpuTime">How long it has run so far, in user and in kernel mode; null if that is not known.</param>
internal readonly record struct ThreadFacts(string? Name, PyThreadState State, TimeSpan? CpuTime)
{
    /// <summary>The state that a letter of <c>stat</c> or of a core means (proc_pid_stat(5)).</summary>
    public static PyThreadState StateOf(char letter) => letter switch
    {
        'R' => PyThreadState.Running,
        'S' => PyThreadState.Sleeping,
        'D' => PyThreadState.DiskSleep,
        'T' => PyThreadState.Stopped,
        't' => PyThreadState.Traced,
        'Z' or 'X' or 'x' => PyThreadState.Zombie,
        'I' or 'P' => PyThreadState.Idle,
        _ => PyThreadState.Unknown,
    };
}
