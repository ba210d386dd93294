using System;
using System.Runtime.InteropServices;
using System.Threading;
using PyStack.Engine.Compression;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Core;

/// <summary>A core file: its segments and notes. It is mapped, and read where something is asked for: tens of gigabytes of holes cost nothing.</summary>
internal sealed class CoreFile : IDisposable
{
    private CoreFile(string path, MappedFile bytes, ElfMachine machine, ProgramHeader[] segments, CoreNotes notes, CoreExtent extent)
    {
        Path = path;
        Bytes = bytes;
        Machine = machine;
        Segments = segments;
        Notes = notes;
        Extent = extent;
    }

    public string Path { get; }

    /// <summary>The owner of the file, before it was unpacked.</summary>
    public (uint User, uint Group) Owner { get; private init; }

    /// <summary>When the file was last written to, before it was unpacked.</summary>
    public DateTime WrittenAt { get; private init; }

    public MappedFile Bytes { get; }

    public ElfMachine Machine { get; }

    /// <summary>The loaded segments by ascending address, none over another.</summary>
    public ProgramHeader[] Segments { get; }

    public CoreNotes Notes { get; }

    /// <summary>How much of the core is there.</summary>
    public CoreExtent Extent { get; }

    /// <summary>Opens a core; one that is packed is unpacked first.</summary>
    /// <exception cref="EngineException">There is no such file, this user may not read it, or it is no core.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CoreFile Open(string path, CoreUnpacking unpacking, Limits limits, CancellationToken cancellation)
    {
        if (!MappedFile.TryOpen(new FilePlace(path) { MayChange = true }, out MappedFile? bytes, out string problem, out bool isRefused))
        {
            throw isRefused ? Refused(path, problem)
                : problem == MappedFile.Unanswered ? NotResponding(path, problem)
                : !FileCalls.TryGetStatus(path, out FileCalls.FileStatus status) ? Missing(path, Marshal.GetLastPInvokeError())
                : status is { IsRegularFile: true, Size: 0 } ? CoreExtent.NothingLeft(path, 0, ElfHeader.Length, "The file is empty.")
                : Invalid(path, problem);
        }

        (uint User, uint Group) owner = bytes.Owner;
        DateTime writtenAt = bytes.ModifiedAt;
        bool endsEarly = false;
        bool isPacked = false;
        try
        {
            if (CoreUnpacking.TryDetectFormat(bytes, out CompressionFormat format))
            {
                using MappedFile packed = bytes;
                isPacked = true;
                bytes = unpacking.Unpack(path, packed, format, cancellation, out endsEarly);
            }
            else if (CoreUnpacking.IsStartOfPacked(bytes, path, out string name))
            {
                throw CoreExtent.EndsBeforeAnything(path, name);
            }

            return Read(path, bytes, owner, writtenAt, isPacked, endsEarly, limits);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => Bytes.Dispose();

    private static CoreFile Read(string path, MappedFile bytes, (uint User, uint Group) owner, DateTime writtenAt, bool isPacked, bool endsEarly, Limits limits)
    {
        string early = endsEarly ? " The compressed stream ends early." : "";
        if (!ElfHeader.TryRead(bytes, 0, out ElfHeader header, out string problem))
        {
            throw bytes.Length < ElfHeader.Length && header.IsStartOf(bytes.Length)
                ? CoreExtent.NothingLeft(path, (long)bytes.Length, ElfHeader.Length, "Its ELF header is incomplete." + early)
                : !header.IsElf ? OtherFile.Explain(path, bytes, type: null, isPacked)
                : Invalid(path, problem);
        }

        if (header.Type != ElfType.Core)
        {
            throw OtherFile.Explain(path, bytes, header.Type, isPacked);
        }

        uint count = header.SegmentCount;
        if (count == ElfHeader.ExtendedSegmentCount && ElfSections.TryReadFirst(bytes, header, out SectionHeader first))
        {
            count = first.Info;
        }

        if (count == 0 || count > limits.CoreSegments || header.SegmentSize != ProgramHeader.Length)
        {
            throw Invalid(path, $"has {count} segments of {header.SegmentSize} bytes");
        }

        // Of a core that was cut off in its program headers, those that are there.
        ulong headersEnd = unchecked(header.SegmentsOffset + ((ulong)count * ProgramHeader.Length));
        ulong room = header.SegmentsOffset < bytes.Length ? (bytes.Length - header.SegmentsOffset) / ProgramHeader.Length : 0;
        ProgramHeader[] segments = new ProgramHeader[Math.Min(count, room)];
        int read = bytes.Read(header.SegmentsOffset, MemoryMarshal.AsBytes(segments.AsSpan())) / ProgramHeader.Length;
        if (read == 0)
        {
            throw headersEnd > bytes.Length && headersEnd <= long.MaxValue
                ? CoreExtent.NothingLeft(path, (long)bytes.Length, (long)headersEnd, "Its program headers are missing." + early)
                : Invalid(path, "has no program headers that could be read");
        }

        Array.Resize(ref segments, read);
        CoreNotes notes = ReadNotes(bytes, segments, limits);
        CoreExtent extent = CoreExtent.Of((long)bytes.Length, segments, headersEnd, notes) with { IsLeast = (uint)read < count, EndsEarly = endsEarly };
        ProgramHeader[] loaded = Array.FindAll(segments, segment => segment.IsLoaded && segment.MemorySize > 0 && segment.Address + segment.MemorySize > segment.Address);
        if (loaded.Length == 0 || notes.Threads.Count == 0)
        {
            throw extent.IsTruncated
                ? CoreExtent.NothingLeft(path, extent.Size, extent.ExpectedSize, "It has neither memory nor threads that could be read." + early)
                : Invalid(path, "has neither memory nor threads that could be read");
        }

        return new CoreFile(path, bytes, header.Machine, SegmentSplicer.Splice(loaded), notes, extent) { Owner = owner, WrittenAt = writtenAt };
    }

    private static CoreNotes ReadNotes(MappedFile bytes, ProgramHeader[] segments, Limits limits)
    {
        foreach (ref readonly ProgramHeader segment in segments.AsSpan())
        {
            if (segment.Type != SegmentType.Note || segment.FileOffset >= bytes.Length)
            {
                continue;
            }

            // Of a core that was cut off in its notes, what is there.
            ulong length = Math.Min(Math.Min(segment.FileSize, (ulong)limits.CoreNoteBytes), bytes.Length - segment.FileOffset);
            if (bytes.TrySlice(segment.FileOffset, length, out ReadOnlySpan<byte> notes))
            {
                return CoreNotes.Read(notes, segment.Alignment, limits);
            }
        }

        return CoreNotes.Read(default, 4, limits);
    }

    private static EngineException NotResponding(string path, string problem)
        => new(EngineError.NotResponding, $"{path} {problem}.", "See which disks or network shares do not answer (dmesg), or copy the core to another disk.");

    // A loop of links, a name that is too long, a file in place of a folder: such a path can never be a core, so the reason is given.
    private static EngineException Missing(string path, int error) => new(
        EngineError.CoreNotFound,
        error == Errno.ENOENT ? $"There is no file {path}{(FileCalls.IsLink(path) ? ": it is a broken symbolic link" : "")}." : $"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}.",
        "Look where the kernel writes cores: /proc/sys/kernel/core_pattern; on machines with systemd, `coredumpctl list`.");

    // Where a folder on the way may not be entered, not even the owner can be determined.
    private static EngineException Refused(string path, string problem)
    {
        string whose = FileCalls.TryGetStatus(path, out FileCalls.FileStatus status) ? $"; it belongs to user {status.UserId} and has mode {status.Permissions}" : "";
        return new EngineException(
            EngineError.AccessDenied,
            $"{path} {problem}{whose}, and this is user {Identity.EffectiveUserId()}.",
            "Run pwsh as the owner of the file or as root, or ask the owner for the right to read it or for a copy: the kernel lets only the user of the process read a core.");
    }

    private static EngineException Invalid(string path, string problem)
        => new(EngineError.InvalidCore, $"{path} {problem}.", "Give a core of a 64-bit Linux process, as the kernel or gcore writes it; if it was copied, copy it again.");
}
