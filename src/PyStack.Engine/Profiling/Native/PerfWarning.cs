using System.Globalization;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling.Native;

/// <summary>In words why threads that run have no native frames, and what would help.</summary>
internal static class PerfWarning
{
    public static string Of(in PerfRefusal refusal)
    {
        string reason = refusal.Error switch
        {
            Errno.EPERM or Errno.EACCES => "that needs root or CAP_PERFMON and CAP_BPF, and in a container a seccomp profile that allows perf_event_open and bpf",
            Errno.ENOSYS => "it was built without it, or a container's seccomp profile leaves it out",
            _ => "it needs Linux 5.5 or later",
        };
        return $"Native frames are shown of sleeping threads only, and of threads that run the Python frames alone: the kernel refused {refusal.Call} "
            + $"(error {refusal.Error.ToString(CultureInfo.InvariantCulture)}); {reason}.";
    }
}
