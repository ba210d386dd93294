using System;
using System.Collections.Generic;

namespace PyStack.Engine.Native;

/// <summary>
/// The rights with which the kernel opens a file for a thread (path_resolution(7), credentials(7)). Ids are those of our user namespace.
/// </summary>
/// <param name="UserId">The file system user id.</param>
/// <param name="GroupId">The file system group id.</param>
/// <param name="Groups">The supplementary groups, ascending.</param>
/// <param name="Capabilities">The effective capabilities that apply to files (<see cref="ForFiles"/>), one bit each.</param>
internal sealed record FileRights(uint UserId, uint GroupId, IReadOnlyList<uint> Groups, ulong Capabilities)
{
    /// <summary>
    /// The capabilities with which a file can be opened for reading that its mode forbids: CAP_DAC_OVERRIDE (1) and CAP_DAC_READ_SEARCH (2) of linux/capability.h.
    /// </summary>
    public const ulong ForFiles = (1UL << 1) | (1UL << 2);

    public bool Equals(FileRights? other)
        => other is not null && UserId == other.UserId && GroupId == other.GroupId && Capabilities == other.Capabilities && HasGroupsOf(other);

    public override int GetHashCode() => HashCode.Combine(UserId, GroupId, Groups.Count, Capabilities);

    public bool HasGroupsOf(FileRights other)
    {
        if (Groups.Count != other.Groups.Count)
        {
            return false;
        }

        for (int i = 0; i < Groups.Count; i++)
        {
            if (Groups[i] != other.Groups[i])
            {
                return false;
            }
        }

        return true;
    }
}
