namespace PyStack;

/// <summary>What kind of task it is.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyTaskKind : long
{
    /// <summary>An <c>asyncio.Task</c>.</summary>
    Asyncio,

    /// <summary>A greenlet, also of gevent and eventlet.</summary>
    Greenlet,

    /// <summary>A <c>trio</c> task.</summary>
    Trio,

    /// <summary>A coroutine, generator or async generator that has not ended, and that no task and no thread runs.</summary>
    Coroutine,
}
