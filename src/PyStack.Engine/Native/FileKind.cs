namespace PyStack.Engine.Native;

/// <summary>The kind of a file that is not a regular one, in words for a message.</summary>
internal static class FileKind
{
    // S_IFMT and the kinds of linux/stat.h.
    private const int KindMask = 0xf000;

    /// <summary>The result of <see cref="NameOf"/> for a folder.</summary>
    public const string Folder = "a folder";

    /// <summary>"a folder", "a socket", "a FIFO", "a device"; null for a regular file.</summary>
    /// <param name="mode">As <c>stat</c> gives it.</param>
    public static string? NameOf(ushort mode) => (mode & KindMask) switch
    {
        0x1000 => "a FIFO",
        0x2000 => "a character device",
        0x4000 => Folder,
        0x6000 => "a block device",
        0x8000 => null,
        0xc000 => "a socket",
        _ => "no regular file",
    };
}
