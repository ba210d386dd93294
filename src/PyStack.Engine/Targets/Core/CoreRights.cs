using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Core;

/// <summary>
/// With whose rights the files are opened that a core names. A core can be made by hand, so it has the rights of whoever owns its file; where that is root, as with those that a
/// service collects, the rights of the user that it says the process ran as.
/// </summary>
internal static class CoreRights
{
    /// <summary>The rights; null for our own, which we need nobody's leave for unless we are root.</summary>
    public static FileRights? Of(CoreFile core)
    {
        if (Identity.EffectiveUserId() != 0)
        {
            return null;
        }

        (uint user, uint group) = core.Owner;
        if (user == 0 && core.Notes.Process is CoreProcessInfo process)
        {
            (user, group) = (process.UserId, process.GroupId);
        }

        return user == 0 ? null : new FileRights(user, group, [], Capabilities: 0);
    }
}
