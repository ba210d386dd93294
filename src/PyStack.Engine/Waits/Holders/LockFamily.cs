using System;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>What takes and gives back locks that have no owner: the <c>with</c> statements of threads, or the <c>async with</c> statements of tasks.</summary>
internal sealed class LockFamily
{
    /// <summary>The locks of <c>_thread</c>.</summary>
    public static readonly LockFamily Threads = new("__enter__", "__exit__", "_GeneratorContextManager", "ExitStack") { OldManager = "GeneratorContextManager" };

    /// <summary>Those of <c>asyncio</c>; a condition has a lock in an attribute, and so has what <c>with await lock</c> makes (to 3.8).</summary>
    public static readonly LockFamily Tasks = new("__aenter__", "__aexit__", "_AsyncGeneratorContextManager", "AsyncExitStack")
    {
        Locks = ["asyncio.locks.Lock", "asyncio.locks.Semaphore"],
        Owners = ["asyncio.locks.Condition", "asyncio.locks._ContextManager"],
    };

    private readonly byte[] _manager;

    private LockFamily(string enter, string exit, string manager, string stack)
    {
        (EnterName, ExitName, OldManager) = (enter, exit, manager);
        (Enter, Exit, Stack, _manager) = (CodeNames.Bytes(enter), CodeNames.Bytes(exit), CodeNames.Bytes(stack), CodeNames.Bytes(manager));
    }

    /// <summary>The method that is called before the body.</summary>
    public string EnterName { get; }

    /// <summary>The method that is called after it.</summary>
    public string ExitName { get; }

    public byte[] Enter { get; }

    public byte[] Exit { get; }

    /// <summary>The class in <c>contextlib</c> that has several context managers.</summary>
    public byte[] Stack { get; }

    private string OldManager { get; init; }

    private string[] Locks { get; init; } = [];

    private string[] Owners { get; init; } = [];

    /// <summary>The class in <c>contextlib</c> that makes a context manager of a generator.</summary>
    public ReadOnlySpan<byte> Manager(bool isPython2) => isPython2 ? CodeNames.Bytes(OldManager) : _manager;

    /// <summary>What an object is.</summary>
    public LockKind KindOf(PythonReader python, LockObjects objects, ulong address)
        => Locks.Length == 0 ? objects.KindOf(address) : Array.Exists(Locks, name => python.Values.IsInstance(address, name)) ? LockKind.Lock : LockKind.None;

    /// <summary>The lock that an object of the library has; 0 if it is none of these.</summary>
    public ulong LockOf(PythonReader python, ulong address) => Array.Exists(Owners, name => python.Values.IsInstance(address, name)) ? python.Values.Get(address, "_lock"u8) : 0;
}
