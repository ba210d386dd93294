using System;

namespace PyStack.Engine.Primitives;

/// <summary>
/// Upper bounds for everything that is read from a target. A real process stays far below each of them; a hostile one
/// makes us report an error or truncate a stack with a warning, not hang or use up memory.
/// </summary>
internal sealed record Limits
{
    public static readonly Limits Default = new();

    /// <summary>CPythons in one process, each with its own runtime.</summary>
    public int Runtimes { get; init; } = 16;

    /// <summary>Interpreters in one process.</summary>
    public int Interpreters { get; init; } = 4096;

    /// <summary>Thread states in one process. The kernel's own default limit of threads is 32,768 to 126,000.</summary>
    public int Threads { get; init; } = 131_072;

    /// <summary>Frames of one thread.</summary>
    public int FramesPerThread { get; init; } = 100_000;

    /// <summary>Frames of all threads of one capture.</summary>
    public int FramesInAll { get; init; } = 1_000_000;

    /// <summary>Characters of a function, file or variable name.</summary>
    public int NameLength { get; init; } = 16_384;

    /// <summary>Bytes of one code object's line table.</summary>
    public int LineTableBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of names and line tables that one capture decodes.</summary>
    public long DecodedBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of line tables that are searched for one capture's positions.</summary>
    public long ScannedBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of the target that one capture may hold.</summary>
    public long SnapshotBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of one thread's stack that native frames are looked for in; the usual limit of a stack (<c>ulimit -s</c>).</summary>
    public int StackBytesPerThread { get; init; } = 8 << 20;

    /// <summary>Bytes of all stacks that one capture copies.</summary>
    public long StackBytesInAll { get; init; } = 256L << 20;

    /// <summary>Native frames of one thread.</summary>
    public int NativeFramesPerThread { get; init; } = 100_000;

    /// <summary>Native frames of all threads of one capture.</summary>
    public int NativeFramesInAll { get; init; } = 1_000_000;

    /// <summary>Bytes of memory that <c>-Exhaustive</c> searches at most, in all its rounds together.</summary>
    public long SearchedBytes { get; init; } = 64L << 30;

    /// <summary>Places that <c>-Exhaustive</c> examines more closely.</summary>
    public int SearchedCandidates { get; init; } = 4096;

    /// <summary>Variables of one frame.</summary>
    public int VariablesPerFrame { get; init; } = 1000;

    /// <summary>Variables of all frames of one capture.</summary>
    public int VariablesInAll { get; init; } = 1_000_000;

    /// <summary>Characters of one value, if the user sets no other limit.</summary>
    public int ValueLength { get; init; } = 1 << 20;

    /// <summary>Objects that are read for the values of one capture, all frames together.</summary>
    public long ValueObjects { get; init; } = 400_000;

    /// <summary>Places of dicts and sets, free and deleted ones included, that one search of objects examines: the dict of modules of a large program has some thousands.</summary>
    public int ObjectPlaces { get; init; } = 1 << 20;

    /// <summary>Characters of all values of one capture.</summary>
    public long ValueCharacters { get; init; } = 64L << 20;

    /// <summary>
    /// Digits, of 30 bits each, of an int that is read completely if its first digits do not determine its decimal digits, as for 10**k. Of all others only the first digits are read.
    /// </summary>
    public int IntDigits { get; init; } = 150_000;

    /// <summary>Digits of all such ints of one capture.</summary>
    public long IntDigitsInAll { get; init; } = 32_000_000;

    /// <summary>Digits of all powers of ten that such ints are compared with: those of two ints of <see cref="IntDigits"/>.</summary>
    public long PowerDigitsInAll { get; init; } = 400_000;

    /// <summary>Bytes of a source file that is searched for a line.</summary>
    public long SourceFileBytes { get; init; } = 16L << 20;

    /// <summary>How long one capture waits for source files, all together: a process may hang because of the disk with these files.</summary>
    public TimeSpan SourceTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a call looks for what is known outside of the target's memory of what its threads and tasks wait for: descriptors, and then their other ends, and children. A table of 100,000 sockets
    /// takes a tenth of it.
    /// </summary>
    public TimeSpan WaitTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Characters of one source line that is shown.</summary>
    public int SourceLineLength { get; init; } = 4096;

    /// <summary>Bytes of <c>/proc/PID/maps</c>.</summary>
    public int MapsBytes { get; init; } = 64 << 20;

    /// <summary>Program headers of one ELF file (<c>PN_XNUM</c> allows more, in cores).</summary>
    public int ElfSegments { get; init; } = 4096;

    /// <summary>Segments of a core: the kernel allows a process 65,530 mappings by default, and more if it is configured so.</summary>
    public int CoreSegments { get; init; } = 4_000_000;

    /// <summary>Mappings of files that a core lists: no more than a process has mappings.</summary>
    public int CoreMappings { get; init; } = 4_000_000;

    /// <summary>Bytes of a core's notes: about 4 KB for each thread.</summary>
    public int CoreNoteBytes { get; init; } = 512 << 20;

    /// <summary>Bytes that a packed core may unpack to, holes included.</summary>
    public long UnpackedCoreBytes { get; init; } = 256L << 30;

    /// <summary>Threads of a core.</summary>
    public int CoreThreads { get; init; } = 100_000;

    /// <summary>Section headers of one ELF file.</summary>
    public int ElfSections { get; init; } = 65_536;

    /// <summary>Symbols of all symbol tables of one ELF file that are examined in one search.</summary>
    public int ElfSymbols { get; init; } = 4_000_000;

    /// <summary>Symbols of one bucket of an ELF hash table. Linkers aim at one to four.</summary>
    public int ElfHashChain { get; init; } = 65_536;

    /// <summary>Bytes of one section after it was unpacked.</summary>
    public long UnpackedSectionBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Bytes that all binaries together may cost the observer: their unpacked sections, and the tables that were built from them. A section is unpacked only as far
    /// as it is needed.
    /// </summary>
    public long BinaryBytes { get; init; } = 256L << 20;

    /// <summary>Of these bytes, the part for binaries that no capture uses at the moment.</summary>
    public long IdleBinaryBytes { get; init; } = 64L << 20;

    /// <summary>Binaries in the cache at one time. Each keeps up to three files open: its own, its debug file, and that one's alternate file.</summary>
    public int Binaries { get; init; } = 256;

    /// <summary>Steps of work on the debug information of one binary in one capture: entries, rows and ranges that are gone through. A step takes some nanoseconds.</summary>
    public long BinarySteps { get; init; } = 200_000_000;

    /// <summary>Entries of one unit of debug information that are examined. The largest of real ones, of LTO builds, have some millions.</summary>
    public int DebugEntries { get; init; } = 8_000_000;

    /// <summary>Rows of one line table.</summary>
    public int LineRows { get; init; } = 4_000_000;

    /// <summary>Functions of one section of call frame information. libLLVM has 200,000.</summary>
    public int CallFrameEntries { get; init; } = 2_000_000;

    /// <summary>Bytes of code objects (names and line tables) that are kept of one CPython from one capture to the next.</summary>
    public long CachedCodeBytes { get; init; } = 2L << 20;

    /// <summary>Bytes of source files that are kept of one process from one capture to the next.</summary>
    public long CachedSourceBytes { get; init; } = 2L << 20;

    /// <summary>Processes of which something is kept from one call to the next.</summary>
    public int IdleContexts { get; init; } = 8;

    /// <summary>Bytes of all that is kept of processes from one call to the next.</summary>
    public long IdleContextBytes { get; init; } = 16L << 20;

    /// <summary>How long something is kept of a process that is not examined again.</summary>
    public TimeSpan IdleContextTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of one file from a debuginfod server. The debug information of CPython has some 10 to 50 MB, that of the largest libraries 1 GB.</summary>
    public long DownloadBytes { get; init; } = 2L << 30;

    /// <summary>How long one such file may take.</summary>
    public TimeSpan DownloadTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Files that one call asks debuginfod servers for.</summary>
    public int Downloads { get; init; } = 512;

    /// <summary>Entries of an ELF dynamic section.</summary>
    public int ElfDynamicEntries { get; init; } = 4096;

    /// <summary>Bytes of all ELF notes of one file that are examined in one search.</summary>
    public int ElfNoteBytes { get; init; } = 1 << 20;
}
