using System;

namespace PyStack;

/// <summary>The event loops that a thread's stack shows: it has work of which its own frames say nothing.</summary>
internal static class EventLoops
{
    // The ends of the files' paths, what runs in them, and what is suspended there.
    private static readonly (string File, string[] Functions, string Work)[] All =
    [
        ("/asyncio/base_events.py", ["_run_once", "run_forever"], "tasks of its asyncio event loop"),
        // A loop that is written in C, such as uvloop's, has no frames.
        ("/asyncio/runners.py", ["run"], "tasks of its asyncio event loop"),
        ("/trio/_core/_run.py", ["run", "unrolled_run"], "tasks of its trio event loop"),
        ("/gevent/hub.py", ["run"], "greenlets of its gevent hub"),
        ("/eventlet/hubs/hub.py", ["run"], "greenlets of its eventlet hub"),
    ];

    /// <summary>What the innermost event loop of a stack has: <c>tasks of its asyncio event loop</c>; null if there is none.</summary>
    public static string? Of(PyFrameList frames)
    {
        for (int i = frames.Count - 1; i >= 0; i--)
        {
            foreach ((string file, string[] functions, string work) in All)
            {
                if (frames[i] is { Kind: PyFrameKind.Python, File: string path, Function: string function } && path.EndsWith(file, StringComparison.Ordinal) && Array.IndexOf(functions, function) >= 0)
                {
                    return work;
                }
            }
        }

        return null;
    }
}
