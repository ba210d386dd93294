using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Core;

/// <summary>
/// With whose rights the files are opened that a core names. A core can be made by hand, so it has the rights of whoever owns its file. Where that is root nobody vouches for it: a
/// service may have collected it, somebody may have copied it, and the ids that it holds are those of the process's own user namespace, in which anybody can be root. Then it opens
/// what everybody may read.
/// </summary>
internal static class CoreRights
{
    /// <summary>An id that no file has: the largest that is none of -1 (setfsuid(2)).</summary>
    private const uint Nobodys = uint.MaxValue - 1;

    /// <summary>The rights; null for our own, which we need nobody's leave for unless we are root.</summary>
    public static FileRights? Of(CoreFile core)
    {
        if (Identity.EffectiveUserId() != 0)
        {
            return null;
        }

        (uint user, uint group) = core.Owner;
        return user == 0 ? new FileRights(Nobodys, Nobodys, [], Capabilities: 0) : new FileRights(user, group, [], Capabilities: 0);
    }
}
