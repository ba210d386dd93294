using System.Collections.Generic;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>Calls about one descriptor, their first argument.</summary>
internal sealed class DescriptorCalls : ISystemCallReader
{
    private static readonly Dictionary<string, string> Actions = new()
    {
        ["read"] = "read from", ["pread64"] = "read from", ["readv"] = "read from", ["preadv"] = "read from", ["preadv2"] = "read from",
        ["write"] = "write to", ["pwrite64"] = "write to", ["writev"] = "write to", ["pwritev"] = "write to", ["pwritev2"] = "write to",
        ["recvfrom"] = "recv from", ["recvmsg"] = "recv from", ["recvmmsg"] = "recv from",
        ["sendto"] = "send to", ["sendmsg"] = "send to", ["sendmmsg"] = "send to", ["sendfile"] = "sendfile to",
        ["accept"] = "accept on", ["accept4"] = "accept on", ["shutdown"] = "shutdown of", ["close"] = "close of",
        ["ioctl"] = "ioctl on", ["io_uring_enter"] = "io_uring on",
        ["fsync"] = "fsync of", ["fdatasync"] = "fdatasync of", ["syncfs"] = "syncfs of", ["sync_file_range"] = "sync of", ["ftruncate"] = "truncate of", ["fallocate"] = "fallocate of",
        ["fstat"] = "stat of", ["fstatfs"] = "statfs of", ["getdents"] = "list of", ["getdents64"] = "list of", ["fchmod"] = "chmod of", ["fchown"] = "chown of",
        ["fchdir"] = "chdir to", ["lseek"] = "seek in", ["fadvise64"] = "fadvise of", ["readahead"] = "read from",
        ["mq_timedsend"] = "send to", ["mq_timedreceive"] = "receive from",
    };

    /// <summary>Those that are for sockets alone: in a core the kind is known by the call.</summary>
    private static readonly HashSet<string> OfSockets = ["recvfrom", "recvmsg", "recvmmsg", "sendto", "sendmsg", "sendmmsg", "accept", "accept4", "shutdown"];

    public IEnumerable<string> Names => Actions.Keys;

    public WaitReason Read(SystemCallContext context)
    {
        Descriptor descriptor = context.First;
        bool isSocket = descriptor.Kind == DescriptorKind.Unknown && OfSockets.Contains(context.Name);
        return new WaitReason(isSocket ? PyWaitKind.Socket : descriptor.WaitKind, context.Name, Actions[context.Name])
        {
            Descriptor = descriptor,
            Limit = descriptor.Left is double left ? new TimeLimit(left, IsAsked: false) : default,
        };
    }
}
