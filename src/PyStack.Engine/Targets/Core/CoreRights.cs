using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Core;

/// <summary>
/// The rights with which the files that a core names are opened. A core can be made by hand, so it has the rights of the owner of its file. If that is root, its content is not trusted: a
/// service may have collected it, a user may have copied it, and its ids are those of the process's own user namespace, in which anyone can be root. Then it opens
/// what everyone may read.
/// </summary>
internal static class CoreRights
{
    /// <summary>An id that no file has: the largest that is not -1 (setfsuid(2)).</summary>
    private const uint Nobodys = uint.MaxValue - 1;

    /// <summary>The rights; null for our own, which are sufficient unless we are root.</summary>
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
