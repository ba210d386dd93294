using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Elf;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>The supported layouts, one line per CPython version.</summary>
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

    /// <summary>The supported series, in words: <c>2.7 and 3.6 to 3.15</c>.</summary>
    public static string Supported { get; } = Describe();

    /// <summary>
    /// Before <see cref="RuntimeLayout.GilCurrentThread"/> is <c>struct _gil_runtime_state</c> (pycore_gil.h) with two
    /// <c>pthread_mutex_t</c>. Seen in the DWARF of Debian's arm64 builds of 3.9.2 and 3.11.2.
    /// </summary>
    private const int MutexesInGil = 2;

    /// <summary>Bytes of glibc's <c>pthread_mutex_t</c>: 40, but 48 on aarch64 (bits/pthreadtypes-arch.h, __SIZEOF_PTHREAD_MUTEX_T; riscv64 has 40 as well).</summary>
    private static int MutexSize(ElfMachine machine) => machine == ElfMachine.Arm64 ? 48 : 40;

    /// <summary>Whether a version's series (major and minor) is known.</summary>
    public static bool Knows(PythonVersion version) => Find(version) is not null;

    /// <summary>The layout of a version's series (major and minor) on a processor: the files give x86-64's, and others are nearly the same.</summary>
    public static bool TryGet(PythonVersion version, ElfMachine machine, out PythonLayout layout)
    {
        PythonLayout? known = Find(version);
        layout = known is null ? null! : For(machine, known);
        return known is not null;
    }

    /// <summary>
    /// The layout by whose debug offsets a version is read: that of its series; for a series newer than all supported ones the newest one, without what has moved in nearly every
    /// series and is in no block, since the checks of <see cref="DebugOffsetsReader"/> decide. No number of these versions depends on the processor.
    /// </summary>
    public static bool TryGetDebugOffsets(PythonVersion version, out PythonLayout layout, out DebugOffsetsFormat format)
    {
        PythonLayout? known = Find(version);
        layout = known ?? WithoutGuesses(Known[^1]);
        format = layout.DebugOffsets!;
        return format is not null && (known is not null || version > layout.Version);
    }

    private static PythonLayout? Find(PythonVersion version) => Array.Find(Known, known => known.Version.IsSameSeries(version));

    // In no block, and moved in most series: the bytecode says where the one is, and what needs the other, the names of classes, is left out.
    private static PythonLayout WithoutGuesses(PythonLayout layout) => layout with
    {
        Code = layout.Code with { FirstTraceable = null },
        Values = layout.Values with { TypeQualifiedName = null },
    };

    private static PythonLayout For(ElfMachine machine, PythonLayout layout)
    {
        int growth = MutexesInGil * (MutexSize(machine) - MutexSize(ElfMachine.X64));
        return growth == 0 ? layout : layout with { Runtime = layout.Runtime with { GilCurrentThread = layout.Runtime.GilCurrentThread + growth } };
    }

    // A range of successive minor versions is written by its ends.
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
