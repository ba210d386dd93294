using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Python.Runtime;

/// <summary>
/// The kernel's ids of threads of which only the <c>pthread_t</c> is known, without their registers: the C library keeps the id inside the
/// struct that the <c>pthread_t</c> points to. The offset differs between libraries, so it is found out: it is the one at which every thread's
/// struct has an id of the process, each a different one.
/// </summary>
internal sealed class PthreadIds
{
    /// <summary>Bytes of <c>struct pthread</c> that are looked at.</summary>
    public const int SearchedBytes = 1024;

    /// <summary>
    /// The member tid of struct pthread: glibc 2.31 to 2.41 on x86-64 and aarch64 (nptl/descr.h), musl 1.2 on both (pthread_impl.h). Of equally plausible offsets these are tried first.
    /// </summary>
    private static ReadOnlySpan<int> KnownPlaces => [720, 208, 48, 32];

    private readonly Dictionary<ulong, int> _ids;
    private readonly Dictionary<ulong, int> _values;

    private PthreadIds(Dictionary<ulong, int> ids, Dictionary<ulong, int> values)
    {
        _ids = ids;
        _values = values;
    }

    /// <summary>Whether the offset of the ids was found.</summary>
    public bool IsPlaceKnown => _ids.Count > 0;

    /// <summary>The id of a thread of the process, as the target sees it.</summary>
    public bool TryGet(ulong pthread, out int threadId) => _ids.TryGetValue(pthread, out threadId);

    /// <summary>The value at the offset of the id, whether or not the process has such a thread; false if the offset is unknown or cannot be read.</summary>
    public bool TryGetValue(ulong pthread, out int value) => _values.TryGetValue(pthread, out value);

    /// <param name="threadIds">The existing threads, by the target's ids.</param>
    public static PthreadIds Find(IMemorySource memory, IReadOnlyCollection<ulong> pthreads, IReadOnlyCollection<int> threadIds)
    {
        List<(ulong Pthread, byte[] Struct)> structs = [];
        foreach (ulong pthread in pthreads)
        {
            byte[] bytes = new byte[SearchedBytes];
            int length = memory.Read(pthread, bytes);
            if (length >= sizeof(int))
            {
                structs.Add((pthread, bytes.AsSpan(0, length).ToArray()));
            }
        }

        HashSet<int> known = [.. threadIds];
        Dictionary<ulong, int> best = new(AddressHash.Comparer);
        int place = 0;
        foreach (int offset in KnownPlaces)
        {
            Try(structs, offset, known, ref best, ref place);
        }

        // Where a known place has the ids of all, no other can have more.
        for (int offset = 0; offset + sizeof(int) <= SearchedBytes && best.Count < structs.Count; offset += sizeof(int))
        {
            Try(structs, offset, known, ref best, ref place);
        }

        Dictionary<ulong, int> values = new(AddressHash.Comparer);
        foreach ((ulong pthread, byte[] bytes) in structs)
        {
            if (best.Count > 0 && place + sizeof(int) <= bytes.Length)
            {
                values[pthread] = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(place));
            }
        }

        return new PthreadIds(best, values);
    }

    private static void Try(
        List<(ulong Pthread, byte[] Struct)> structs, int offset, HashSet<int> known, ref Dictionary<ulong, int> best, ref int place)
    {
        Dictionary<ulong, int> found = Match(structs, offset, known);
        if (found.Count > best.Count)
        {
            (best, place) = (found, offset);
        }
    }

    private static Dictionary<ulong, int> Match(List<(ulong Pthread, byte[] Struct)> structs, int offset, HashSet<int> known)
    {
        Dictionary<ulong, int> found = new(AddressHash.Comparer);
        HashSet<int> taken = [];
        foreach ((ulong pthread, byte[] bytes) in structs)
        {
            if (offset + sizeof(int) > bytes.Length)
            {
                continue;
            }

            int id = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset));
            if (!known.Contains(id))
            {
                continue;
            }

            if (!taken.Add(id))
            {
                return [];
            }

            found[pthread] = id;
        }

        return found;
    }
}
