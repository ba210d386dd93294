using System.Globalization;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>A file, and the rights to open it with.</summary>
/// <param name="Path">In <see cref="Root"/>; there it is absolute.</param>
internal sealed record FilePlace(string Path)
{
    /// <summary>The file, as messages name it.</summary>
    public string Name { get; init; } = Path;

    /// <summary>The root that the path, every link and every <c>..</c> stay in, from <see cref="OpenInRoot.OpenFolder"/>; null for our own.</summary>
    public SafeHandle? Root { get; init; }

    /// <summary>The rights to open it with; null for our own.</summary>
    public FileRights? Rights { get; init; }

    /// <summary>Whether the file must belong to root or to ourselves.</summary>
    public bool MustBeTrusted { get; init; }

    /// <summary>The disk, if it is known, as <see cref="DeviceName"/> names it.</summary>
    public string? Device { get; init; }

    /// <summary>Whether it may grow and change while it is read, as a core does that is being written.</summary>
    public bool MayChange { get; init; }

    /// <summary>The name that identifies all jobs on a device.</summary>
    public static string DeviceName(uint major, uint minor) => string.Create(CultureInfo.InvariantCulture, $"device {major}:{minor}");
}
