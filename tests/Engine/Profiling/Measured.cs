using System;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;

namespace PyStack.Engine.Tests.Profiling;

/// <summary>Measures a process as the command does.</summary>
internal static class Measured
{
    /// <param name="begun">Called when the first sample is about to be taken.</param>
    public static PyProfile Run(int processId, ProfileOptions options, Action? begun = null)
    {
        using ProfileSession session = new(options, SilentLog.Instance);
        session.Add(processId, CancellationToken.None);
        begun?.Invoke();
        return session.Run(null, CancellationToken.None, CancellationToken.None)[0];
    }
}
