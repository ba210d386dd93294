using System.Diagnostics.CodeAnalysis;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Symbols;

/// <summary>
/// Finds the separate debug file of a binary by its build-id, as distributions install them: below <c>/usr/lib/debug/.build-id</c>, in the target's own root
/// first and then in ours.
/// </summary>
internal static class DebugFiles
{
    private const string Folder = "/usr/lib/debug/.build-id/";

    /// <summary>The file, to be kept open by the caller, and its image.</summary>
    /// <param name="buildId">Of the binary, in hexadecimal digits.</param>
    public static bool TryFind(
        ITarget target, string buildId, Limits limits, IEngineLog log, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfImage? image)
    {
        file = null;
        image = null;
        if (buildId.Length < 3)
        {
            return false;
        }

        string path = $"{Folder}{buildId[..2]}/{buildId[2..]}.debug";
        if (target.TryOpenFile(path, out MappedFile inTarget) && IsOf(inTarget, path, buildId, limits, log, out image))
        {
            file = inTarget;
            return true;
        }

        if (MappedFile.TryOpen(path, out MappedFile? ours, out _) && IsOf(ours, path, buildId, limits, log, out image))
        {
            file = ours;
            return true;
        }

        return false;
    }

    // The name says which binary it is for, and the file itself whether that is true.
    private static bool IsOf(MappedFile file, string path, string buildId, Limits limits, IEngineLog log, [NotNullWhen(true)] out ElfImage? image)
    {
        if (!ElfImage.TryFromFile(file, limits, out image, out string problem))
        {
            log.Verbose($"{path} {problem}.");
        }
        else if (image.TryGetBuildId(out string? found) && found == buildId)
        {
            return true;
        }
        else
        {
            log.Verbose($"{path} needed BUILD ID {buildId} but found file with BUILD ID {found ?? "none"}");
        }

        image = null;
        file.Dispose();
        return false;
    }
}
