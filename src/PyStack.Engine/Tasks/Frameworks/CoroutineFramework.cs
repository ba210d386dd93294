using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>
/// Generators, coroutines and async generators that have not ended, and that nothing runs or awaits: no thread, no task, and no other of them. An <c>async def</c> that was called and never awaited is one.
/// The other frameworks have to have looked for their tasks before.
/// </summary>
internal sealed class CoroutineFramework : ITaskFramework
{
    public PyTaskKind Kind => PyTaskKind.Coroutine;

    public void Find(TaskSearch search)
    {
        IReadOnlyList<ulong> objects = search.FindObjects("coroutine", IsGenerator, out bool isWhole);
        if (!isWhole)
        {
            search.Remarks.Add("Not all coroutines could be found: the garbage collector's lists of objects cannot be read to their ends. Builds without a GIL have no such lists.");
        }

        search.Watch();
        GeneratorReader reader = new(search.Python.Layout);
        HashSet<ulong> awaited = new(AddressHash.Comparer);
        foreach (RawTask task in search.Found)
        {
            if (task.Root is { IsGenerator: true, Address: ulong root })
            {
                AddChain(search, reader, root, awaited);
            }
        }

        List<(ulong Address, StackRootKind Kind)> alone = [];
        foreach (ulong address in objects)
        {
            search.Cancellation.ThrowIfCancellationRequested();
            if (!reader.TryRead(search.Memory, address, out RawGenerator generator) || generator.State is not (GeneratorState.NotStarted or GeneratorState.Suspended))
            {
                continue;
            }

            alone.Add((address, generator.Kind));
            if (generator.Awaited != 0)
            {
                awaited.Add(Unwrapped(search, reader, generator.Awaited));
            }
        }

        // That nothing awaits one is known only if all could be read.
        bool isWholeCopy = !search.IsDoubtful;
        foreach ((ulong address, StackRootKind kind) in alone)
        {
            if (search.HasRoom && !awaited.Contains(address))
            {
                search.Add(new RawTask
                {
                    Kind = PyTaskKind.Coroutine,
                    Address = address,
                    Interpreter = search.Interpreter,
                    TypeName = kind switch
                    {
                        StackRootKind.Generator => "generator",
                        StackRootKind.Coroutine => "coroutine",
                        _ => "async_generator",
                    },
                    Root = new StackRoot(kind, address),
                    IsWhole = isWholeCopy,
                });
            }
        }
    }

    private static bool IsGenerator(ObjectReader objects, in TypeInfo type)
    {
        Span<byte> buffer = stackalloc byte[32];
        if (type.IsHeapType)
        {
            return false;
        }

        ReadOnlySpan<byte> name = objects.ReadTypeName(type, buffer);
        return name.SequenceEqual("generator"u8) || name.SequenceEqual("coroutine"u8) || name.SequenceEqual("async_generator"u8);
    }

    // The coroutine of a task and all that it awaits. It may be newer than the walk over all objects.
    private static void AddChain(TaskSearch search, GeneratorReader reader, ulong root, HashSet<ulong> awaited)
    {
        for (ulong at = root; at != 0 && awaited.Add(at);)
        {
            at = reader.TryRead(search.Memory, at, out RawGenerator generator) ? Unwrapped(search, reader, generator.Awaited) : 0;
        }
    }

    // What is between a coroutine and the one that it awaits is two objects at most: an iterator, and what it iterates over.
    private static ulong Unwrapped(TaskSearch search, GeneratorReader reader, ulong address)
    {
        for (int i = 0; i < 2 && reader.TryUnwrap(search.Memory, address, out ulong inside); i++)
        {
            address = inside;
        }

        return address;
    }
}
