using System;
using System.Buffers.Text;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Access;

/// <summary>
/// The user or group ids of a process (credentials(7)), as our user namespace numbers them. The kernel compares all three of a target
/// before it grants access.
/// </summary>
internal readonly record struct CredentialIds(int Real, int Effective, int Saved)
{
    /// <summary>Whether all three are this one.</summary>
    public bool AreAll(uint id) => Real == (int)id && Effective == (int)id && Saved == (int)id;

    /// <summary>Reads a line such as <c>Uid: 0 0 0 0</c>; what is missing is -1.</summary>
    public static CredentialIds Read(ReadOnlySpan<byte> status, ReadOnlySpan<byte> key)
    {
        _ = ProcFile.TryFindField(status, key, out ReadOnlySpan<byte> rest);
        return new(Take(ref rest), Take(ref rest), Take(ref rest));
    }

    /// <summary>Reads a set of capabilities, such as <c>CapEff: 000001ffffffffff</c>.</summary>
    public static ulong ReadSet(ReadOnlySpan<byte> status, ReadOnlySpan<byte> key)
        => ProcFile.TryFindField(status, key, out ReadOnlySpan<byte> value) && Utf8Parser.TryParse(value, out ulong set, out _, 'x') ? set : 0;

    private static int Take(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart(" \t"u8);
        if (!Utf8Parser.TryParse(rest, out uint id, out int digits))
        {
            return -1;
        }

        rest = rest[digits..];
        return unchecked((int)id);
    }
}
