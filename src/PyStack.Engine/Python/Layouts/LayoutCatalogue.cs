using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Python.Layouts;

/// <summary>The layouts that we know, one line per CPython version.</summary>
internal static class LayoutCatalogue
{
    /// <summary>Oldest first. From 3.13 on each has debug offsets: see <see cref="PythonLayout.DebugOffsets"/>.</summary>
    private static readonly PythonLayout[] Known =
    [
        Cpython27.Layout,
        Cpython36.Layout,
        Cpython37.Layout,
        Cpython38.Layout,
        Cpython39.Layout,
        Cpython310.Layout,
        Cpython311.Layout,
        Cpython312.Layout,
        Cpython313.Layout,
        Cpython314.Layout,
        Cpython315.Layout,
    ];

    /// <summary>The layouts of x86-64, oldest first.</summary>
    public static IReadOnlyList<PythonLayout> All => Known;

    /// <summary>The series that we know, in words: <c>2.7 and 3.6 to 3.15</c>.</summary>
    public static string Supported { get; } = Describe();

    /// <summary>
    /// What aarch64 adds to <see cref="RuntimeLayout.GilCurrentThread"/>: in front of it stands <c>struct _gil_runtime_state</c>
    /// (pycore_gil.h) with two <c>pthread_mutex_t</c>, of 40 bytes on x86-64 and 48 on aarch64 (glibc's
    /// bits/pthreadtypes-arch.h). Seen in the DWARF of Debian's arm64 builds of 3.9.2 and 3.11.2.
    /// </summary>
    private const int Arm64MutexGrowth = 16;

    /// <summary>The layout of a version's series (major and minor) on this machine's processor.</summary>
    public static bool TryGet(PythonVersion version, out PythonLayout layout)
        => TryGet(version, RuntimeInformation.ProcessArchitecture, out layout);

    /// <summary>The layout of a version's series (major and minor) on the processor of a kind of ELF file.</summary>
    public static bool TryGet(PythonVersion version, ElfMachine machine, out PythonLayout layout)
        => TryGet(version, machine == ElfMachine.Arm64 ? Architecture.Arm64 : Architecture.X64, out layout);

    /// <summary>The layout of a version's series (major and minor): the files give x86-64's, and aarch64's is nearly the same.</summary>
    public static bool TryGet(PythonVersion version, Architecture architecture, out PythonLayout layout)
    {
        foreach (PythonLayout known in Known)
        {
            if (known.Version.IsSameSeries(version))
            {
                layout = architecture == Architecture.Arm64 ? ForArm64(known) : known;
                return true;
            }
        }

        layout = null!;
        return false;
    }

    /// <summary>
    /// The layout by whose debug offsets a version is read: that of its series; the newest for a series newer than all that we know, since
    /// the checks of <see cref="DebugOffsetsReader"/> decide.
    /// </summary>
    public static bool TryGetDebugOffsets(PythonVersion version, out PythonLayout layout, out DebugOffsetsFormat format)
    {
        if (!TryGet(version, out layout))
        {
            layout = Known[^1];
            format = layout.DebugOffsets!;
            return version > layout.Version;
        }

        format = layout.DebugOffsets!;
        return format is not null;
    }

    private static PythonLayout ForArm64(PythonLayout layout)
        => layout with { Runtime = layout.Runtime with { GilCurrentThread = layout.Runtime.GilCurrentThread + Arm64MutexGrowth } };

    // A run of successive minor versions is told by its ends.
    private static string Describe()
    {
        StringBuilder text = new();
        for (int first = 0, last; first < Known.Length; first = last + 1)
        {
            last = first;
            while (last + 1 < Known.Length && IsNext(Known[last].Version, Known[last + 1].Version))
            {
                last++;
            }

            text.Append(first == 0 ? "" : last == Known.Length - 1 ? " and " : ", ").Append(Series(Known[first].Version));
            if (last > first)
            {
                text.Append(" to ").Append(Series(Known[last].Version));
            }
        }

        return text.ToString();

        static bool IsNext(PythonVersion version, PythonVersion next) => next.Major == version.Major && next.Minor == version.Minor + 1;

        static string Series(PythonVersion version) => string.Create(CultureInfo.InvariantCulture, $"{version.Major}.{version.Minor}");
    }
}
