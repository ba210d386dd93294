using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>On which processors an OS thread may run (sched_setaffinity(2)), for a short time.</summary>
internal static unsafe partial class ProcessorAffinity
{
    /// <summary>Room for 8,192 processors, the most that x86-64 kernels are built for (NR_CPUS).</summary>
    private const int MaskWords = 128;

    /// <summary>The processor that the calling thread runs on at the moment; -1 if that is not known.</summary>
    public static int Current => GetProcessor();

    /// <summary>Finds a processor that the calling thread may use: its current one if that is possible.</summary>
    /// <param name="busy">Those that it must not be.</param>
    /// <returns>Its number, or -1 if there is none.</returns>
    public static int FindOtherThan(ReadOnlySpan<int> busy)
    {
        Mask mask = default;
        int current = Current;
        if (current < 0 || GetAffinity(0, sizeof(Mask), &mask) != 0)
        {
            return -1;
        }

        if (!busy.Contains(current) && mask.Has(current))
        {
            return current;
        }

        for (int processor = 0; processor < MaskWords * 64; processor++)
        {
            if (mask.Has(processor) && !busy.Contains(processor))
            {
                return processor;
            }
        }

        return -1;
    }

    /// <summary>Moves the calling thread to one processor.</summary>
    /// <param name="processor">-1 leaves it where it is.</param>
    public static Pinned Pin(int processor)
    {
        Pinned pinned = default;
        if (processor is < 0 or >= MaskWords * 64 || GetAffinity(0, sizeof(Mask), &pinned.Before) != 0)
        {
            return pinned;
        }

        Mask one = Mask.Of(processor);
        pinned.IsPinned = SetAffinity(0, sizeof(Mask), &one) == 0;
        return pinned;
    }

    /// <summary>Where the calling thread may run; false if that is not known.</summary>
    public static bool TryGet(out Mask mask)
    {
        fixed (Mask* to = &mask)
        {
            return GetAffinity(0, sizeof(Mask), to) == 0;
        }
    }

    /// <summary>Says where a thread may run; it runs there when this returns, if it is the calling one.</summary>
    /// <param name="threadId">As we count; 0 for the calling one.</param>
    public static bool TrySet(int threadId, Mask mask) => SetAffinity(threadId, sizeof(Mask), &mask) == 0;

    /// <summary>A thread that is kept on one processor, and where it could run before.</summary>
    internal struct Pinned
    {
        internal Mask Before;

        /// <summary>Whether it was moved.</summary>
        public bool IsPinned { get; internal set; }

        /// <summary>Lets the calling thread run where it could before.</summary>
        public void Release()
        {
            if (IsPinned)
            {
                fixed (Mask* before = &Before)
                {
                    _ = SetAffinity(0, sizeof(Mask), before);
                }

                IsPinned = false;
            }
        }
    }

    /// <summary>cpu_set_t, of that size.</summary>
    internal struct Mask
    {
        public fixed ulong Words[MaskWords];

        /// <summary>One processor alone.</summary>
        public static Mask Of(int processor)
        {
            Mask one = default;
            one.Words[processor / 64] = 1UL << (processor % 64);
            return one;
        }

        public readonly bool Has(int processor) => (Words[processor / 64] >> (processor % 64) & 1) != 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int threadId, nint size, Mask* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int threadId, nint size, Mask* mask);

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    private static partial int GetProcessor();
}
