using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Tasks;

/// <summary>
/// <c>_AsyncioDebug</c>, which the module <c>_asyncio</c> has from 3.14 on in a section of its own: where its lists of tasks begin in thread states and interpreters. The numbers of
/// <see cref="AsyncioLayout"/> are those of one release of each series, and interpreters differ from one to the next.
/// </summary>
/// <param name="Range">Of the module in memory.</param>
/// <param name="Words">As they are in the file.</param>
internal sealed record AsyncioDebugOffsets(AddressRange Range, ulong[] Words)
{
    // Modules/_asynciomodule.c, Py_AsyncioModuleDebugOffsets (3.14, 3.15). Of a task: size, task_name, task_awaited_by, task_is_task, task_awaited_by_is_set, task_coro, task_node;
    // of an interpreter: size, asyncio_tasks_head; of a thread: size, asyncio_running_loop, asyncio_running_task, asyncio_tasks_head.
    private const int Size = 0;
    private const int Name = 1;
    private const int AwaitedBy = 2;
    private const int AwaitedByIsSet = 4;
    private const int Coroutine = 5;
    private const int Node = 6;
    private const int InterpreterSize = 7;
    private const int InterpreterTasks = 8;
    private const int ThreadSize = 9;
    private const int ThreadLoop = 10;
    private const int ThreadTask = 11;
    private const int ThreadTasks = 12;
    private const int Count = 13;

    /// <summary>A larger struct is none: that of an interpreter is 0.23 MB.</summary>
    private const ulong LargestStruct = 64 << 20;

    private static readonly PythonVersion First = new(3, 14);

    /// <summary>Those of all modules that may have them: the module itself, and interpreters that have it built in.</summary>
    public static IReadOnlyList<AsyncioDebugOffsets> ReadAll(ITarget target, IReadOnlyList<PythonRuntime> runtimes, Limits limits)
    {
        List<AsyncioDebugOffsets> found = [];
        if (target.Saved is SavedFacts saved)
        {
            foreach (SavedAsyncio? one in saved.Process.Asyncio ?? [])
            {
                if (one?.Words is { Length: Count } words && one.Start < one.End)
                {
                    found.Add(new AsyncioDebugOffsets(new AddressRange(one.Start, one.End), words));
                }
            }

            return found;
        }

        bool isNew = false;
        foreach (PythonRuntime runtime in runtimes)
        {
            isNew |= runtime.Version >= First;
        }

        foreach (Module module in isNew ? target.Modules : [])
        {
            if ((module.FileName.StartsWith("_asyncio.", StringComparison.Ordinal) || IsRuntime(module, runtimes)) && Read(target, module, limits) is { } offsets)
            {
                found.Add(offsets);
            }
        }

        return found;
    }

    /// <summary>The layout of a module that has these; null if they are not about the structs that it describes.</summary>
    public AsyncioLayout? Complete(AsyncioLayout layout)
    {
        bool isTask = Words[Name] == (ulong?)layout.Name
            && Words[AwaitedBy] == (ulong?)layout.AwaitedBy
            && Words[AwaitedByIsSet] == (ulong?)layout.AwaitedByIsSet
            && Words[Coroutine] == (ulong)layout.Coroutine
            && Words[Node] == (ulong?)layout.Node
            && Words[Size] >= (ulong)layout.Size && Words[Size] <= (ulong)layout.Size + 64;
        return isTask && IsField(InterpreterTasks, InterpreterSize) && IsField(ThreadLoop, ThreadSize) && IsField(ThreadTask, ThreadSize) && IsField(ThreadTasks, ThreadSize)
            ? layout with
            {
                Size = (int)Words[Size],
                InterpreterTasks = (int)Words[InterpreterTasks],
                ThreadLoop = (int)Words[ThreadLoop],
                ThreadTask = (int)Words[ThreadTask],
                ThreadTasks = (int)Words[ThreadTasks],
            }
            : null;
    }

    private static bool IsRuntime(Module module, IReadOnlyList<PythonRuntime> runtimes)
    {
        foreach (PythonRuntime runtime in runtimes)
        {
            if (runtime.Version >= First && runtime.Module is Module own && own.BaseAddress == module.BaseAddress)
            {
                return true;
            }
        }

        return false;
    }

    private static AsyncioDebugOffsets? Read(ITarget target, Module module, Limits limits)
    {
        if (!target.TryOpen(module, out MappedFile file))
        {
            return null;
        }

        using (file)
        {
            ulong[] words = new ulong[Count];
            if (!ElfImage.TryFromFile(file, limits, out ElfImage? image, out _)
                || !image.TryFindSection(".AsyncioDebug", out SectionHeader section)
                || image.Sections is not { } sections
                || !sections.TryGetBytes(section, out ReadOnlySpan<byte> bytes)
                || bytes.Length < Count * sizeof(ulong))
            {
                return null;
            }

            bytes[..(Count * sizeof(ulong))].CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
            return new AsyncioDebugOffsets(module.Range, words);
        }
    }

    private bool IsField(int field, int size) => Words[field] % sizeof(ulong) == 0 && Words[size] <= LargestStruct && Words[field] < Words[size];
}
