using System;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery;

/// <summary>
/// Programs whose file hides the Python that they are made of: one that UPX has packed, whose code is in memory without a name, and the first process of a PyInstaller program,
/// which has no Python itself. What they are is seen by the marks in the file that the process executes.
/// </summary>
internal static class PackedProgram
{
    /// <summary>UPX's mark is in the <c>l_info</c> right after the program headers (upx/upx, src/stub/src/include/linux.h).</summary>
    private const int HeadBytes = 1024;

    /// <summary>
    /// The archive of PyInstaller, of which the cookie is the last part, is the end of the file, or a section of it (<c>pydata</c>); then the section headers follow
    /// (pyinstaller/pyinstaller, bootloader/src/pyi_archive.h; PyInstaller/building/api.py).
    /// </summary>
    private const int TailBytes = 64 << 10;

    private static ReadOnlySpan<byte> UpxMark => "UPX!"u8;

    private static ReadOnlySpan<byte> PyInstallerMark => "MEI\x0c\x0b\x0a\x0b\x0e"u8;

    /// <summary>The error of a process that has no Python, with what its file is and what helps.</summary>
    /// <param name="isExhaustive">Whether its memory has been searched.</param>
    /// <returns><paramref name="error"/> itself if the file has none of the marks.</returns>
    public static EngineException Explain(ProcessFacts facts, EngineException error, bool isExhaustive = false)
    {
        if (error.Error != EngineError.NotPython || !MappedFile.TryOpen(new FilePlace(facts.AccessFolder + "/exe"), out MappedFile? file, out _))
        {
            return error;
        }

        using (file)
        {
            return IsPyInstaller(file) ? ExplainPyInstaller(facts, error)
                : IsUpx(file) ? ExplainUpx(error, isExhaustive)
                : error;
        }
    }

    private static EngineException ExplainPyInstaller(ProcessFacts facts, EngineException error)
    {
        List<int> children = PythonChildren.Find(facts.ProcessId, out _);
        string seen = $"Process {facts.ProcessId} ({facts.Name}) is not a Python process: it is the first process of a PyInstaller program, which unpacks Python and starts a child process with it.";
        string help = children.Count == 0
            ? "No child process of it has Python: it may be starting or ending. Try again in a moment."
            : string.Create(CultureInfo.InvariantCulture, $"Its child process {children[0]} has Python: Get-PyStack -Id {children[0]}, or Get-PyStack -Id {facts.ProcessId} -IncludeChildren.");
        return new EngineException(EngineError.NotPython, seen, help, error);
    }

    private static EngineException ExplainUpx(EngineException error, bool isExhaustive) => new(
        EngineError.NotPython,
        error.Message + " The program is packed by UPX, so that its code and data are in memory without a name.",
        isExhaustive ? error.RecommendedAction : "Get-PyStack -Exhaustive searches all of its memory. " + error.RecommendedAction,
        error);

    private static bool IsUpx(MappedFile file) => Has(file, 0, HeadBytes, UpxMark);

    private static bool IsPyInstaller(MappedFile file) => Has(file, file.Length - Math.Min(file.Length, TailBytes), TailBytes, PyInstallerMark);

    private static bool Has(MappedFile file, ulong offset, int bytes, ReadOnlySpan<byte> mark)
    {
        byte[] part = new byte[Math.Min((ulong)bytes, file.Length - Math.Min(offset, file.Length))];
        return part.AsSpan(0, file.Read(offset, part)).IndexOf(mark) >= 0;
    }
}
