using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// <c>_Py_DebugOffsets</c>, which is at the start of <c>_PyRuntime</c> from 3.13 on: the interpreter's own table of
/// the offsets of its fields. It overrides the catalogue, whose numbers are those of one release of each series.
/// </summary>
/// <remarks>It is read from a target and so trusted as little as anything else there: see <see cref="DebugOffsetsReader"/>.</remarks>
internal sealed class DebugOffsets
{
    /// <summary><c>_Py_Debug_Cookie</c>, "xdebugpy" as a little-endian word (pycore_runtime.h, 3.13; pycore_debug_offsets.h).</summary>
    public const ulong Cookie = 0x7970_6775_6265_6478;

    /// <summary>The problem of a runtime without such a block, which is all of them before 3.13.</summary>
    public const string NoCookie = "there are no debug offsets (no cookie)";

    // The first three words are the same in all series.
    private const int CookieWord = 0;
    private const int VersionWord = 1;
    internal const int FreeThreadedWord = 2;
    private const int HeaderWords = 3;

    private readonly PythonLayout _known;
    private readonly DebugOffsetsFormat _format;
    private readonly ulong[] _words;

    private DebugOffsets(PythonLayout known, DebugOffsetsFormat format, ulong[] words, PythonVersion version)
    {
        _known = known;
        _format = format;
        _words = words;
        Version = version;
    }

    /// <summary>The bytes of <see cref="Cookie"/>.</summary>
    public static ReadOnlySpan<byte> CookieText => "xdebugpy"u8;

    /// <summary>The interpreter's version, as <c>PY_VERSION_HEX</c> in the block says.</summary>
    public PythonVersion Version { get; }

    /// <summary>Whether the interpreter was built without a GIL.</summary>
    public bool IsFreeThreaded => _words[FreeThreadedWord] != 0;

    /// <summary>Reads and checks the block at the start of a <c>_PyRuntime</c>.</summary>
    /// <param name="problem">Why there is none that can be used; empty if there is one.</param>
    public static bool TryRead(IMemorySource memory, ulong runtimeAddress, out DebugOffsets offsets, out string problem)
    {
        offsets = null!;
        Span<ulong> header = stackalloc ulong[HeaderWords];
        if (!memory.TryRead(runtimeAddress, MemoryMarshal.AsBytes(header)))
        {
            problem = "the debug offsets cannot be read";
            return false;
        }

        if (header[CookieWord] != Cookie)
        {
            problem = NoCookie;
            return false;
        }

        if (!TryGetFormat(header[VersionWord], out PythonVersion version, out PythonLayout known, out DebugOffsetsFormat format))
        {
            problem = $"the debug offsets are of version 0x{header[VersionWord]:x}, which is impossible";
            return false;
        }

        if (header[FreeThreadedWord] > 1)
        {
            problem = $"the debug offsets say free_threaded = {header[FreeThreadedWord]}";
            return false;
        }

        ulong[] words = new ulong[format.Words];
        if (!memory.TryRead(runtimeAddress, MemoryMarshal.AsBytes(words.AsSpan())))
        {
            problem = "the debug offsets cannot be read to their end";
            return false;
        }

        // The target may have written between the two reads: a version that changed would be met by the wrong format.
        if (!header.SequenceEqual(words.AsSpan(0, HeaderWords)))
        {
            problem = "the debug offsets changed while they were read";
            return false;
        }

        if (!DebugOffsetsReader.TryComplete(format, words, known, out _, out problem))
        {
            return false;
        }

        offsets = new DebugOffsets(known, format, words, version);
        problem = "";
        return true;
    }

    /// <summary>The layout of exactly this interpreter, based on the catalogue's layout of its series, or of the newest one.</summary>
    /// <param name="problem">Why the block cannot be used; empty if it can.</param>
    public bool TryComplete(out PythonLayout layout, out string problem) => TryApply(_known, out layout, out problem);

    /// <summary>The layout of exactly this interpreter: the series' layout with all values of the block applied.</summary>
    /// <param name="baseline">The catalogue's layout of the same series; of the newest one for a series that is newer than all.</param>
    /// <param name="layout">The layout; <paramref name="baseline"/> itself if the block cannot be used.</param>
    /// <param name="problem">Why the block cannot be used; empty if it can.</param>
    public bool TryApply(PythonLayout baseline, out PythonLayout layout, out string problem)
    {
        layout = baseline;
        if (!baseline.Version.IsSameSeries(_known.Version))
        {
            problem = $"debug offsets of {Version} do not complete the layout of {baseline.Version}";
            return false;
        }

        PythonLayout known = baseline;
        if (IsFreeThreaded)
        {
            if (baseline.FreeThreaded is null)
            {
                problem = $"free-threaded builds of {Version.Major}.{Version.Minor} are not known";
                return false;
            }

            known = baseline.FreeThreaded.Apply(baseline);
        }

        if (!DebugOffsetsReader.TryComplete(_format, _words, known, out layout, out problem))
        {
            layout = baseline;
            return false;
        }

        layout = layout with { Version = Version };
        return true;
    }

    private static bool TryGetFormat(ulong hex, out PythonVersion version, out PythonLayout known, out DebugOffsetsFormat format)
    {
        version = PythonVersion.FromHex((uint)hex);
        bool isFound = LayoutCatalogue.TryGetDebugOffsets(version, out known, out format);

        // Levels: Include/patchlevel.h, PY_RELEASE_LEVEL_ALPHA to _FINAL.
        return isFound && hex <= uint.MaxValue && version.Major == 3 && version.Level is (0xA or 0xB or 0xC or 0xF);
    }
}
