using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Profiling.Formats;

namespace PyStack;

/// <summary>A file that a profile is written to.</summary>
/// <param name="Path">The full path.</param>
internal sealed record ProfileFile(string Path, IProfileFormat Format)
{
    private const string Action = "Give a path in the file system, such as ./profile.html.";

    /// <summary>The file for a path as it was typed.</summary>
    /// <param name="format">The name of a format, or null for what the end of the path means.</param>
    /// <exception cref="EngineException">It is no path of a file system, its end means no format, or the format cannot compare.</exception>
    public static ProfileFile Of(SessionState session, string path, string? format, bool hasBaseline)
    {
        string full = SessionPath.Resolve(session, path, Action);
        IProfileFormat found = (format is null ? ProfileFormats.ByPath(full) : ProfileFormats.ByName(format)) ?? throw NoFormat(path, format);
        return !hasBaseline || found.HasBaseline ? new ProfileFile(full, found) : throw new EngineException(
            EngineError.InvalidArgument,
            $"A file for {found.Name} cannot show the difference to a baseline",
            $"Leave out -Baseline and write two files, or use one of the formats that can: {string.Join(", ", ProfileFormats.All.Where(one => one.HasBaseline).Select(one => one.Name))}.");
    }

    /// <summary>Writes it, whole or not at all.</summary>
    /// <param name="isForced">Whether a read-only file is replaced.</param>
    /// <param name="isNew">Whether an existing file is an error.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    public long Write(ProfileSet profiles, bool isForced, bool isNew, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        Format.Write(bytes, profiles, cancellation);
        OutputFile.Write(Path, bytes, isForced, isNew, "profile.html");
        return bytes.Length;
    }

    private static EngineException NoFormat(string path, string? format)
    {
        string names = string.Join(", ", ProfileFormats.All.Select(one => $"{one.Name} ({one.Extensions[0]})"));
        return format is null
            ? new EngineException(EngineError.InvalidArgument, $"The end of the name {path} means no format of profiles", $"End it as one of these, or give -Format: {names}.")
            : new EngineException(EngineError.InvalidArgument, $"There is no format {format}", $"Give one of these: {names}.");
    }
}
