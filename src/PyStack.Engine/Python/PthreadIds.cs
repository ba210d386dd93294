using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Python;

/// <summary>
/// Finds the kernel's id of a thread of which only the <c>pthread_t</c> is known (thread states to 3.10), without its
/// registers: the C library keeps the id inside of the struct that the <c>pthread_t</c> points to. Where, differs between
/// libraries, so the place is learnt: it is the one at which every thread's struct holds an id of the process, and each
/// another one.
/// </summary>
internal static class PthreadIds
{
    /// <summary>struct pthread of glibc 2.31 to 2.41 has its tid at 720 (x86-64); musl's at 48.</summary>
    private const int SearchedBytes = 1024;

    /// <summary>The ids, as the target sees them, by <c>pthread_t</c>; empty if no place fits.</summary>
    public static Dictionary<ulong, int> Find(IMemorySource memory, IReadOnlyCollection<ulong> pthreads, IReadOnlyCollection<int> threadIds)
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
        for (int offset = 0; offset + sizeof(int) <= SearchedBytes && structs.Count > 0; offset += sizeof(int))
        {
            Dictionary<ulong, int> found = Match(structs, offset, known);
            if (found.Count > best.Count)
            {
                best = found;
            }
        }

        return best;
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
