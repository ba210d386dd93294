using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>
/// The file rights of one OS thread, which can be set to those of another process. To be used on a dedicated thread that opens files and does nothing
/// else: the kernel keeps credentials for each thread, and these calls change only those of the calling thread (setfsuid(2), setfsgid(2), capset(2); of
/// setgroups(2) only the bare system call, since the C library's function changes all threads).
/// </summary>
internal sealed unsafe partial class ThreadRights
{
    // linux/capability.h
    private const ulong CapSetGroup = 1UL << 6;
    private const ulong CapSetUser = 1UL << 7;
    private const uint CapabilityVersion3 = 0x2008_0522;

    // linux/prctl.h
    private const int PR_GET_DUMPABLE = 3;
    private const int PR_SET_DUMPABLE = 4;

    /// <summary>No user and no group: a call with it changes nothing and returns the current id (setfsuid(2)).</summary>
    private const uint Nobody = uint.MaxValue;

    /// <summary>Number of setgroups: arch/x86/entry/syscalls/syscall_64.tbl; asm-generic/unistd.h for aarch64 and every later processor.</summary>
    private static readonly nint SetGroupsNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 116 : 159;

    private readonly FileRights _own;
    private readonly CapabilitySets _ownSets;
    private FileRights _current;
    private bool _hasOtherGroups;

    private ThreadRights(FileRights own, CapabilitySets sets)
    {
        _own = own;
        _current = own;
        _ownSets = sets;
    }

    /// <summary>Whether the thread has lost rights that it cannot get back: it must not open anything any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The rights of the calling thread.</summary>
    public static ThreadRights OfThisThread()
    {
        CapabilitySets sets = ReadSets();
        uint[] groups = new uint[Math.Max(0, GetGroups(0, []))];
        _ = GetGroups(groups.Length, groups);
        Array.Sort(groups);
        return new ThreadRights(new FileRights((uint)SetFileUser(Nobody), (uint)SetFileGroup(Nobody), groups, sets.Effective & FileRights.ForFiles), sets);
    }

    /// <summary>Assumes rights; null for our own.</summary>
    /// <returns>False if that is not allowed, in which case the thread has its own again; see <see cref="IsBroken"/>.</returns>
    public bool TryTake(FileRights? wanted)
    {
        wanted ??= _own;
        if (IsBroken || wanted.Equals(_current))
        {
            return !IsBroken;
        }

        int dumpable = ProcessControl(PR_GET_DUMPABLE, 0, 0, 0, 0);
        bool isDone = TryReturn();
        if (isDone && !wanted.Equals(_own))
        {
            isDone = TryTakeAnothers(wanted);
            if (!isDone)
            {
                _ = TryReturn();
            }
        }

        // The kernel makes a process undumpable when its ids change (PR_SET_DUMPABLE in prctl(2)): here only one thread's file rights did.
        if (dumpable == 1)
        {
            _ = ProcessControl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        }

        return isDone && !IsBroken;
    }

    private bool TryTakeAnothers(FileRights wanted)
    {
        bool maySetUser = (_ownSets.Effective & CapSetUser) != 0;
        bool maySetGroup = (_ownSets.Effective & CapSetGroup) != 0;
        if (maySetUser && maySetGroup)
        {
            if (!wanted.HasGroupsOf(_own))
            {
                _hasOtherGroups = true;
                if (!TrySetGroups(wanted))
                {
                    return false;
                }
            }

            _ = SetFileGroup(wanted.GroupId);
            _ = SetFileUser(wanted.UserId);
            if ((uint)SetFileGroup(Nobody) != wanted.GroupId || (uint)SetFileUser(Nobody) != wanted.UserId)
            {
                return false;
            }
        }
        else if (wanted.UserId != _own.UserId)
        {
            return false;
        }

        // Also without those that have nothing to do with the modes of files: with CAP_SYS_PTRACE procfs shows files that the other process may not see.
        ulong keep = (CapSetUser | CapSetGroup | (wanted.Capabilities & FileRights.ForFiles)) & _ownSets.Permitted;
        if (!TrySetEffective(keep))
        {
            return false;
        }

        _current = wanted;
        return true;
    }

    private bool TryReturn()
    {
        if (!TrySetEffective(_ownSets.Effective))
        {
            IsBroken = true;
            return false;
        }

        _ = SetFileUser(_own.UserId);
        _ = SetFileGroup(_own.GroupId);
        bool hasGroups = !_hasOtherGroups || TrySetGroups(_own);

        // From 0 to another user and back the kernel changes the effective set by itself (capabilities(7)).
        IsBroken = !TrySetEffective(_ownSets.Effective) || !hasGroups || (uint)SetFileUser(Nobody) != _own.UserId || (uint)SetFileGroup(Nobody) != _own.GroupId;
        _hasOtherGroups = false;
        _current = _own;
        return !IsBroken;
    }

    private static bool TrySetGroups(FileRights rights)
    {
        uint[] groups = [.. rights.Groups];
        fixed (uint* start = groups)
        {
            return SystemCall(SetGroupsNumber, groups.Length, start) == 0;
        }
    }

    private static CapabilitySets ReadSets()
    {
        CapabilityHeader header = new() { Version = CapabilityVersion3 };
        CapabilityWords* words = stackalloc CapabilityWords[2];
        return GetCapabilities(&header, words) == 0
            ? new(Join(words[0].Effective, words[1].Effective), Join(words[0].Permitted, words[1].Permitted), Join(words[0].Inheritable, words[1].Inheritable))
            : default;
    }

    private bool TrySetEffective(ulong effective)
    {
        CapabilityHeader header = new() { Version = CapabilityVersion3 };
        CapabilityWords* words = stackalloc CapabilityWords[2];
        for (int i = 0; i < 2; i++)
        {
            words[i].Effective = (uint)(effective >> (32 * i));
            words[i].Permitted = (uint)(_ownSets.Permitted >> (32 * i));
            words[i].Inheritable = (uint)(_ownSets.Inheritable >> (32 * i));
        }

        return SetCapabilities(&header, words) == 0;
    }

    private static ulong Join(uint low, uint high) => low | ((ulong)high << 32);

    private readonly record struct CapabilitySets(ulong Effective, ulong Permitted, ulong Inheritable);

    /// <summary>struct __user_cap_header_struct of linux/capability.h; thread 0 is the calling one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CapabilityHeader
    {
        public uint Version;
        public int ThreadId;
    }

    /// <summary>struct __user_cap_data_struct of linux/capability.h; the second of two has bits 32 to 63.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CapabilityWords
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetFileGroup(uint group);

    [LibraryImport("libc", EntryPoint = "getgroups", SetLastError = true)]
    private static partial int GetGroups(int count, [Out] uint[] groups);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "capget")]
    private static partial int GetCapabilities(CapabilityHeader* header, CapabilityWords* words);

    [LibraryImport("libc", EntryPoint = "capset")]
    private static partial int SetCapabilities(CapabilityHeader* header, CapabilityWords* words);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint second, nuint third, nuint fourth, nuint fifth);
}
