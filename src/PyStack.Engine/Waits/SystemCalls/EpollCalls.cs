using System.Collections.Generic;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>epoll_wait(2) and its like: the descriptors that were added, by the fdinfo of the epoll descriptor.</summary>
internal sealed class EpollCalls : ISystemCallReader
{
    public IEnumerable<string> Names => ["epoll_wait", "epoll_pwait", "epoll_pwait2"];

    public WaitReason Read(SystemCallContext context)
    {
        int number = (int)context.Call.First;
        int count = 0;
        List<int> watched = context.Descriptors?.Watched(context.ThreadId, number, PollCalls.MostDescribed, out count) ?? [];
        TimeLimit limit = context.Name == "epoll_pwait2"
            ? context.Times.Relative(context.ThreadId, context.Call.Fourth, 1e9)
            : context.Times.Milliseconds(context.ThreadId, context.Call.Fourth);
        WaitReason reason = PollCalls.Of(context, "epoll", watched, count, limit);

        // Without a look at the descriptors that were added, the one that has them is all that is known.
        return context.Descriptors is null ? reason with { Descriptor = context.First, Descriptors = null } : reason with { Descriptor = context.First };
    }
}
