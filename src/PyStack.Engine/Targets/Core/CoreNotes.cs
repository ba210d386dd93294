using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Targets.Core;

/// <summary>The notes of a core (linux/elfcore.h, fs/binfmt_elf.c), the kernel's and gcore's: the same on both processors except for the number of registers.</summary>
internal sealed class CoreNotes
{
    // elf.h
    private const uint PrStatus = 1;
    private const uint PrPsInfo = 3;
    private const uint Auxiliary = 6;
    private const uint SigInfo = 0x5349_4749;
    private const uint Files = 0x4649_4c45;
    private const uint ArmTls = 0x401;
    private const uint ArmPacMask = 0x406;

    // struct elf_prstatus: pr_cursig at 12, pr_pid at 32, pr_utime at 48 and pr_stime at 64 (seconds and microseconds, 8 bytes each), pr_reg at 112; after it pr_fpvalid and padding, 8 bytes.
    private const int StatusSignal = 12;
    private const int StatusThreadId = 32;
    private const int StatusUserTime = 48;
    private const int StatusKernelTime = 64;
    private const int StatusRegisters = 112;
    private const int StatusEnd = 8;

    // struct elf_prpsinfo: pr_sname at 1, pr_uid at 16, pr_gid, pr_pid, pr_ppid, pr_pgrp, pr_sid, pr_fname[16] at 40, pr_psargs[80] at 56.
    private const int InfoBytes = 136;
    private const int InfoName = 40;
    private const int InfoArguments = 56;

    // AT_* (elf.h)
    private const ulong HeadersAddress = 3;
    private const ulong HeadersCount = 5;
    private const ulong PageBytes = 6;
    private const ulong EntryPoint = 9;
    private const ulong FileName = 31;
    private const ulong KernelCode = 33;

    private readonly Limits _limits;

    private CoreNotes(Limits limits) => _limits = limits;

    public List<CoreThread> Threads { get; } = [];

    public List<CoreFileMapping> Mappings { get; } = [];

    public CoreProcessInfo? Process { get; private set; }

    public CoreSignal? Signal { get; private set; }

    /// <summary>The bits of a return address that may hold an authentication code: insn_mask of struct user_pac_mask (asm/ptrace.h); null if no note says it.</summary>
    public ulong? AuthenticationBits { get; private set; }

    /// <summary>What PyStack has noted, if it has saved the core; else null.</summary>
    public SavedFacts? Saved { get; private set; }

    /// <summary>Where the program begins, <c>AT_ENTRY</c>; 0 if unknown.</summary>
    public ulong Entry { get; private set; }

    /// <summary>The address of the kernel's own library, <c>AT_SYSINFO_EHDR</c>; 0 if unknown.</summary>
    public ulong VirtualLibrary { get; private set; }

    /// <summary>The address of the program's own program headers, <c>AT_PHDR</c>; 0 if unknown.</summary>
    public ulong ProgramHeaders { get; private set; }

    /// <summary><c>AT_PHNUM</c></summary>
    public ulong ProgramHeaderCount { get; private set; }

    /// <summary>Bytes of a page, <c>AT_PAGESZ</c>; 0 if unknown.</summary>
    public ulong PageSize { get; private set; }

    /// <summary>The address of the name by which the program was started, <c>AT_EXECFN</c>; 0 if unknown.</summary>
    public ulong ProgramName { get; private set; }

    /// <summary>Reads a note segment; notes after invalid data are missing.</summary>
    public static CoreNotes Read(ReadOnlySpan<byte> bytes, ulong alignment, Limits limits)
    {
        CoreNotes notes = new(limits);
        ElfNoteReader reader = new(bytes, alignment);
        while (reader.TryReadNext(out ElfNote note))
        {
            notes.Take(note);
        }

        return notes;
    }

    private void Take(in ElfNote note)
    {
        ReadOnlySpan<byte> bytes = note.Description;
        switch (note.Type)
        {
            case SavedNote.Type when note.Name.SequenceEqual(SavedNote.Owner):
                Saved ??= SavedNote.Read(bytes);
                break;
            case PrStatus when bytes.Length > StatusRegisters + StatusEnd && Threads.Count < _limits.CoreThreads:
                Threads.Add(new CoreThread(
                    BinaryPrimitives.ReadInt32LittleEndian(bytes[StatusThreadId..]), BinaryPrimitives.ReadInt16LittleEndian(bytes[StatusSignal..]),
                    bytes[StatusRegisters..^StatusEnd].ToArray(), Time(bytes[StatusUserTime..]) + Time(bytes[StatusKernelTime..]), null));
                break;
            case PrPsInfo when bytes.Length >= InfoBytes:
                Process = ReadProcess(bytes);
                break;
            case ArmTls when note.Name.SequenceEqual("LINUX"u8) && bytes.Length >= sizeof(ulong) && Threads.Count > 0:
                Threads[^1] = Threads[^1] with { ThreadPointer = BinaryPrimitives.ReadUInt64LittleEndian(bytes) };
                break;
            case ArmPacMask when note.Name.SequenceEqual("LINUX"u8) && bytes.Length >= 2 * sizeof(ulong):
                AuthenticationBits = BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]);
                break;
            case SigInfo when Signal is null:
                Signal = ReadSignal(bytes);
                break;
            case Auxiliary when note.Name.SequenceEqual("CORE"u8):
                ReadAuxiliary(bytes);
                break;
            case Files when Mappings.Count == 0:
                ReadFiles(bytes);
                break;
        }
    }

    private static CoreProcessInfo ReadProcess(ReadOnlySpan<byte> bytes) => new(
        Int(bytes, 24), Int(bytes, 28), Int(bytes, 32), Int(bytes, 36), (uint)Int(bytes, 16), (uint)Int(bytes, 20), (char)bytes[1],
        Text(bytes[InfoName..InfoArguments]), Text(bytes[InfoArguments..InfoBytes]).TrimEnd(' '));

    // siginfo_t: si_signo, si_errno, si_code, then at 16 what the signal's kind has: the address of a fault, or the sender's pid.
    private static CoreSignal? ReadSignal(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 24)
        {
            return null;
        }

        int number = Int(bytes, 0);
        int code = Int(bytes, 8);
        bool isFault = number is 4 or 5 or 7 or 8 or 11 && code > 0; // SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV
        return new CoreSignal(
            number, code, isFault ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) : null, code <= 0 && Int(bytes, 16) > 0 ? Int(bytes, 16) : null);
    }

    private void ReadAuxiliary(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            switch (BinaryPrimitives.ReadUInt64LittleEndian(bytes))
            {
                case EntryPoint:
                    Entry = value;
                    break;
                case HeadersAddress:
                    ProgramHeaders = value;
                    break;
                case HeadersCount:
                    ProgramHeaderCount = value;
                    break;
                case PageBytes when ulong.IsPow2(value):
                    PageSize = value;
                    break;
                case FileName:
                    ProgramName = value;
                    break;
                case KernelCode:
                    VirtualLibrary = value;
                    break;
            }
        }
    }

    // count, page size, then start, end and offset in pages for each, then the names, each ending in a zero byte.
    private void ReadFiles(ReadOnlySpan<byte> bytes)
    {
        ByteCursor cursor = new(bytes);
        if (!cursor.TryReadUInt64(out ulong count) || !cursor.TryReadUInt64(out ulong pageSize) || count > (ulong)bytes.Length / 24)
        {
            return;
        }

        ByteCursor names = new(bytes);
        if (!names.TrySeek(16 + (count * 24)))
        {
            return;
        }

        for (ulong i = 0; i < count; i++)
        {
            if (!cursor.TryReadUInt64(out ulong start)
                || !cursor.TryReadUInt64(out ulong end)
                || !cursor.TryReadUInt64(out ulong page)
                || !names.TryReadString(out ReadOnlySpan<byte> name))
            {
                return;
            }

            if (start < end && Mappings.Count < _limits.CoreMappings)
            {
                Mappings.Add(new CoreFileMapping(new AddressRange(start, end), unchecked(page * pageSize), PathText.Decode(name)));
            }
        }
    }

    private static int Int(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    // struct timeval; what is none is zero.
    private static TimeSpan Time(ReadOnlySpan<byte> bytes)
    {
        long seconds = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        long microseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(long)..]);
        return seconds is >= 0 and < uint.MaxValue && microseconds is >= 0 and < 1_000_000 ? new TimeSpan((seconds * TimeSpan.TicksPerSecond) + (microseconds * TimeSpan.TicksPerMicrosecond)) : default;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
