using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using PyStack.Engine.Compression;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Saving;

/// <summary>A core that is complete in our memory.</summary>
/// <param name="Machine">The processor.</param>
/// <param name="Notes">Its note segment.</param>
/// <param name="Segments">Without their places in the file.</param>
/// <param name="Runs">By ascending address.</param>
internal sealed record SavedCore(ElfMachine Machine, byte[] Notes, List<ProgramHeader> Segments, List<RecordedRun> Runs)
{
    /// <summary>How long the process was stopped.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>How many of its threads were stopped.</summary>
    public int StoppedThreads { get; init; }

    /// <summary>Its OS threads.</summary>
    public int Threads { get; init; }

    /// <summary>Writes it packed by zstd (RFC 8878).</summary>
    /// <returns>How many bytes it has, unpacked.</returns>
    /// <exception cref="EngineException">The module's files are incomplete.</exception>
    public long WritePacked(Stream output, CancellationToken cancellation)
    {
        Func<string, Stream, Stream> packer = CodecLibrary.Packer
            ?? throw new EngineException(EngineError.CannotWrite, "The encoder for zstd is missing: the module's folder codecs is not as it was installed.", "Install the module again, or give a path that does not end in .zst.");
        using Stream packed = packer("zstd", output);
        return Write(packed, cancellation);
    }

    /// <summary>Writes it, and returns how many bytes.</summary>
    public long Write(Stream output, CancellationToken cancellation) => CoreLayout.Write(output, Machine, Notes, Segments, Runs, cancellation);
}
