using System;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Targets.Core;

/// <summary>How complete a core is: whether its file ends before the size that its headers announce, and whether the process's own memory was written at all.</summary>
/// <param name="Size">Bytes of the core, unpacked.</param>
/// <param name="ExpectedSize">The size according to its headers; no more than <paramref name="Size"/> if they are missing.</param>
/// <param name="HasPrivateMemory">
/// False if nothing of the heap and the stacks was written though there were some: the process's <c>coredump_filter</c> (core(5)) left them out.
/// </param>
internal sealed record CoreExtent(long Size, long ExpectedSize, bool HasPrivateMemory)
{
    private const string Room = "Have the core written completely: `ulimit -c unlimited` for the process, free space where it is written (core(5)); with systemd, "
        + "ProcessSizeMax= and ExternalSizeMax= in coredump.conf. If it was copied or packed, repeat that.";

    private const string Filter = "Have the process write its private memory: bit 0 of /proc/PID/coredump_filter (core(5)), whose usual value is 0x33, before it dies again.";

    /// <summary>Whether there may be more than <see cref="ExpectedSize"/>: some of the headers that would show it are missing.</summary>
    public bool IsLeast { get; init; }

    /// <summary>Whether the core was packed, and the packed stream is cut off.</summary>
    public bool EndsEarly { get; init; }

    public bool IsTruncated => EndsEarly || Size < ExpectedSize;

    /// <summary>What is missing, as a sentence that begins with the core; null if nothing is.</summary>
    public string? Problem => Size < ExpectedSize ? Cut(Size, ExpectedSize, IsLeast) + (EndsEarly ? " The compressed stream ends early." : "")
        : EndsEarly ? string.Create(CultureInfo.InvariantCulture, $"the compressed stream ends early, after {Size} bytes: these are all that the core's headers announce, but they could not be checked.")
        : HasPrivateMemory ? null
        : "this core was written without the process's private memory (coredump_filter), so its heap and stacks are not in it.";

    /// <summary>Looks at what the headers announce.</summary>
    /// <param name="segments">All program headers that could be read.</param>
    /// <param name="announcedEnd">Where the tables of headers end.</param>
    public static CoreExtent Of(long size, ReadOnlySpan<ProgramHeader> segments, ulong announcedEnd, CoreNotes notes)
    {
        ulong end = announcedEnd;
        foreach (ref readonly ProgramHeader segment in segments)
        {
            // A segment that would end after the largest possible file is not a real one.
            ulong segmentEnd = unchecked(segment.FileOffset + segment.FileSize);
            end = segment.FileSize > 0 && segmentEnd > segment.FileOffset && segmentEnd <= long.MaxValue ? Math.Max(end, segmentEnd) : end;
        }

        return new CoreExtent(size, (long)Math.Max((ulong)size, Math.Min(end, long.MaxValue)), HasPrivate(segments, notes));
    }

    /// <summary>The error of a core that ends before anything could be read from it.</summary>
    /// <param name="expected">The minimum size of a complete core.</param>
    /// <param name="missing">What is missing, as the end of a sentence.</param>
    public static EngineException NothingLeft(string path, long size, long expected, string missing)
        => new(EngineError.TruncatedCore, $"{path}: {Cut(size, expected, isLeast: true)} {missing}", Room);

    /// <summary>The error of a packed core whose stream is cut off before the first byte that could be unpacked.</summary>
    public static EngineException EndsBeforeAnything(string path, string format)
        => new(EngineError.TruncatedCore, $"{path}: this core is truncated at 0 bytes: the compressed stream ({format}) ends early, before anything could be unpacked.", Room);

    /// <summary>The error that replaces another one which is caused by the missing part.</summary>
    /// <param name="lacksProgram">Whether the program's file is missing as well.</param>
    public EngineException Explain(string path, bool lacksProgram, EngineException cause)
    {
        string action = (IsTruncated ? Room : Filter) + (lacksProgram ? " The program's file is missing on this machine, too: give it as -Executable." : "");
        return IsTruncated
            ? new EngineException(EngineError.TruncatedCore, $"{path}: {Problem} No Python stack could be read from the part that is left: {cause.Message}", action, cause)
            : new EngineException(EngineError.NoPythonStack, $"{path}: {Problem}", action, cause);
    }

    private static string Cut(long size, long expected, bool isLeast)
        => string.Create(CultureInfo.InvariantCulture, $"this core is truncated at {size} of {(isLeast ? "at least " : "")}{expected} bytes.");

    // Writable memory that no file was mapped to: heap, stacks, what malloc maps. A core that lists no files has all of it examined.
    private static bool HasPrivate(ReadOnlySpan<ProgramHeader> segments, CoreNotes notes)
    {
        HashSet<ulong> ofFiles = [];
        foreach (CoreFileMapping mapping in notes.Mappings)
        {
            ofFiles.Add(mapping.Range.Start);
        }

        bool hasAny = false;
        foreach (ref readonly ProgramHeader segment in segments)
        {
            if (segment.IsLoaded && (segment.Flags & SegmentAccess.Write) != 0 && segment.MemorySize > 0 && !ofFiles.Contains(segment.Address))
            {
                if (segment.FileSize > 0)
                {
                    return true;
                }

                hasAny = true;
            }
        }

        return !hasAny;
    }
}
