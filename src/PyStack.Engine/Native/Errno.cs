namespace PyStack.Engine.Native;

/// <summary>Error numbers of the system calls that we make (asm-generic/errno-base.h; the same on x86-64 and aarch64).</summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EEXIST = 17;
    public const int ENOSYS = 38;
    public const int EOPNOTSUPP = 95;
}
