using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>Reads what a descriptor of a running process is: its link and its fdinfo (proc_pid_fdinfo(5)). The file itself is never opened, and no file system is asked.</summary>
internal sealed class DescriptorReader(int processId, WaitBudget budget)
{
    private const int MaxInfoBytes = 64 << 10;
    private const string Anonymous = "anon_inode:";

    // asm-generic/fcntl.h, O_ACCMODE; of a pipe one end is for reading, the other for writing, and a FIFO can be open for both.
    private const int AccessMask = 3;

    private readonly LocalMounts _mounts = new(processId, budget);
    private readonly string _tasks = ProcessFacts.Folder(processId) + "/task/";

    /// <summary>A descriptor of a thread; threads can have tables of their own (clone(2), CLONE_FILES).</summary>
    public Descriptor Read(int threadId, int number)
    {
        string folder = _tasks + threadId.ToString(CultureInfo.InvariantCulture);
        string name = number.ToString(CultureInfo.InvariantCulture);
        if (number < 0 || !budget.Remains || ProcFile.ReadLink($"{folder}/fd/{name}") is not string link)
        {
            return new Descriptor(number, DescriptorKind.Unknown, null);
        }

        if (TryNumber(link, "socket:[", out ulong inode))
        {
            return new Descriptor(number, DescriptorKind.Socket, link) { Inode = inode };
        }

        byte[] info = ProcFile.TryReadRecord($"{folder}/fdinfo/{name}", MaxInfoBytes, out byte[] content) ? content : [];
        return link.StartsWith("pipe:[", StringComparison.Ordinal) ? WithEnds(new Descriptor(number, DescriptorKind.Pipe, link), info)
            : link.StartsWith('/') ? OfPath(number, link, info, $"{folder}/fd/{name}")
            : link.StartsWith("pidfd:[", StringComparison.Ordinal) ? OfAnonymous(number, link, "[pidfd]", info)
            : link.StartsWith(Anonymous, StringComparison.Ordinal) ? OfAnonymous(number, link, link[Anonymous.Length..], info)
            : new Descriptor(number, DescriptorKind.Other, link);
    }

    /// <summary>The descriptors that an epoll descriptor waits for: the lines <c>tfd:</c>.</summary>
    /// <param name="count">How many there are, those that are not listed included.</param>
    public List<int> Watched(int threadId, int number, int most, out int count)
    {
        List<int> watched = [];
        int found = 0;
        ProcLines.Read(InfoOf(threadId, number), budget, line =>
        {
            if (line.StartsWith("tfd:"u8))
            {
                found++;
                if (watched.Count < most && Utf8Parser.TryParse(line["tfd:"u8.Length..].TrimStart((byte)' '), out int one, out _))
                {
                    watched.Add(one);
                }
            }

            return true;
        });
        count = found;
        return watched;
    }

    /// <summary>The number of the file that a descriptor is open on, by its fdinfo (Linux 5.14); 0 if it is not known.</summary>
    public ulong InodeOf(int threadId, int number)
        => ProcFile.TryReadRecord(InfoOf(threadId, number), MaxInfoBytes, out byte[] info)
            && ProcFile.TryFindField(info, "ino"u8, out ReadOnlySpan<byte> digits) && Utf8Parser.TryParse(digits, out ulong inode, out _) ? inode : 0;

    /// <summary>The access of a descriptor by its fdinfo: O_RDONLY, O_WRONLY or O_RDWR; -1 if it is not known.</summary>
    internal static int AccessOf(ReadOnlySpan<byte> info)
        => ProcFile.TryFindField(info, "flags"u8, out ReadOnlySpan<byte> flags) && TryOctal(flags, out long value) ? (int)(value & AccessMask) : -1;

    private string InfoOf(int threadId, int number) => string.Create(CultureInfo.InvariantCulture, $"{_tasks}{threadId}/fdinfo/{number}");

    private Descriptor OfPath(int number, string link, byte[] info, string place)
    {
        if (link.StartsWith("/dev/pts/", StringComparison.Ordinal) || link is "/dev/ptmx" or "/dev/tty" or "/dev/console")
        {
            // The master is the device ptmx in each mount of devpts; which terminal it is the master of, only its fdinfo says.
            int terminal = ProcFile.ReadNumber(info, "tty-index"u8);
            bool isMaster = link.EndsWith("/ptmx", StringComparison.Ordinal);
            Descriptor found = new(number, DescriptorKind.Terminal, link);
            return isMaster && terminal >= 0 ? found with { PeerLink = "/dev/pts/" + terminal.ToString(CultureInfo.InvariantCulture), Detail = $"master of /dev/pts/{terminal.ToString(CultureInfo.InvariantCulture)}" }
                : !isMaster && int.TryParse(link["/dev/".Length..].Replace("pts/", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out int own) ? found with { PeerTerminal = own }
                : found;
        }

        // Some file systems ask their server even for what they know: those are not asked.
        return _mounts.IsLocal(ProcFile.ReadNumber(info, "mnt_id"u8)) && FileCalls.TryGetKnownStatus(place, out FileCalls.FileStatus status) && !status.IsRegularFile
            ? status.IsFifo ? WithEnds(new Descriptor(number, DescriptorKind.Fifo, link), info) : new Descriptor(number, link.StartsWith("/dev/", StringComparison.Ordinal) ? DescriptorKind.Terminal : DescriptorKind.File, link)
            : new Descriptor(number, DescriptorKind.File, link) { Detail = ProcFile.TryFindField(info, "pos"u8, out ReadOnlySpan<byte> position) ? "position " + Encoding.ASCII.GetString(position) : null };
    }

    private static Descriptor WithEnds(Descriptor pipe, byte[] info) => pipe with
    {
        PeerLink = pipe.Link,
        PeerAccess = AccessOf(info) switch { 0 => PeerAccess.Write, 1 => PeerAccess.Read, _ => PeerAccess.Any },
    };

    private static Descriptor OfAnonymous(int number, string link, string kind, byte[] info) => kind switch
    {
        "[eventfd]" => new Descriptor(number, DescriptorKind.Event, link)
        {
            Detail = ProcFile.TryFindField(info, "eventfd-count"u8, out ReadOnlySpan<byte> count) && Utf8Parser.TryParse(count, out long value, out _, 'x') ? string.Create(CultureInfo.InvariantCulture, $"count {value}") : null,
        },
        "[timerfd]" => new Descriptor(number, DescriptorKind.Timer, link) { Left = TimerLeft(info) },
        "[signalfd]" => new Descriptor(number, DescriptorKind.Signal, link)
        {
            Detail = ProcFile.TryFindField(info, "sigmask"u8, out ReadOnlySpan<byte> mask) && Utf8Parser.TryParse(mask, out ulong signals, out _, 'x') ? SignalSet.Describe(signals) : null,
        },
        "inotify" => new Descriptor(number, DescriptorKind.Watch, link) { Detail = string.Create(CultureInfo.InvariantCulture, $"{Count(info, "inotify wd:"u8)} watches") },
        "[pidfd]" => new Descriptor(number, DescriptorKind.Process, link) { ProcessId = Math.Max(0, ProcFile.ReadNumber(info, "Pid"u8)) },
        "[eventpoll]" => new Descriptor(number, DescriptorKind.Poll, link) { Detail = string.Create(CultureInfo.InvariantCulture, $"{Count(info, "tfd:"u8)} descriptors") },
        _ => new Descriptor(number, DescriptorKind.Other, link),
    };

    // it_value: (seconds, nanoseconds), what is left (proc_pid_fdinfo(5)); zeros of a timer that is not set.
    private static double? TimerLeft(ReadOnlySpan<byte> info)
        => ProcFile.TryFindField(info, "it_value"u8, out ReadOnlySpan<byte> value) && value.StartsWith("("u8)
            && Utf8Parser.TryParse(value[1..], out long seconds, out int end) && value[(1 + end)..].StartsWith(", "u8)
            && Utf8Parser.TryParse(value[(end + 3)..], out long nanoseconds, out _) && (seconds, nanoseconds) != (0, 0)
            ? seconds + (nanoseconds / 1e9) : null;

    private static bool TryOctal(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > int.MaxValue)
            {
                return false;
            }

            value = (value * 8) + (digit - '0');
        }

        return !digits.IsEmpty;
    }

    private static bool TryNumber(string link, string before, out ulong number)
    {
        number = 0;
        return link.StartsWith(before, StringComparison.Ordinal) && ulong.TryParse(link.AsSpan(before.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        int count = 0;
        for (int at = text.IndexOf(word); at >= 0; at = text.IndexOf(word))
        {
            count++;
            text = text[(at + word.Length)..];
        }

        return count;
    }
}
