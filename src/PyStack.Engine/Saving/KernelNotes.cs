using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Saving;

/// <summary>The notes that the kernel writes into a core (fs/binfmt_elf.c, linux/elfcore.h), as <see cref="Targets.Core.CoreNotes"/> reads them.</summary>
internal static class KernelNotes
{
    // elf.h
    private const uint PrStatus = 1;
    private const uint PrPsInfo = 3;
    private const uint Auxiliary = 6;
    private const uint Files = 0x4649_4c45;
    private const uint ArmPacMask = 0x406;

    // struct elf_prstatus: pr_pid, pr_ppid, pr_pgrp and pr_sid from 32 on, pr_utime at 48, pr_reg at 112; after it pr_fpvalid and padding, 8 bytes.
    private const int StatusIds = 32;
    private const int StatusUserTime = 48;
    private const int StatusRegisters = 112;
    private const int StatusEnd = 8;

    // struct elf_prpsinfo
    private const int InfoBytes = 136;
    private const int InfoName = 40;
    private const int InfoArguments = 56;

    private static ReadOnlySpan<byte> Owner => "CORE"u8;

    /// <summary>Adds <c>NT_PRSTATUS</c> of a thread.</summary>
    /// <param name="registers">As ptrace has them; zero where they are not known.</param>
    public static void AddThread(this NoteWriter notes, in ProcessIds ids, int threadId, TimeSpan cpuTime, ReadOnlySpan<byte> registers)
    {
        byte[] status = new byte[StatusRegisters + registers.Length + StatusEnd];
        Put(status, StatusIds, threadId);
        Put(status, StatusIds + 4, ids.Parent);
        Put(status, StatusIds + 8, ids.Group);
        Put(status, StatusIds + 12, ids.Session);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(StatusUserTime), (long)cpuTime.TotalSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(StatusUserTime + 8), cpuTime.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        registers.CopyTo(status.AsSpan(StatusRegisters));
        notes.Add(Owner, PrStatus, status);
    }

    /// <summary>Adds <c>NT_PRPSINFO</c>.</summary>
    /// <param name="arguments">Of the program, each followed by a zero byte.</param>
    public static void AddProcess(this NoteWriter notes, in ProcessIds ids, char state, string name, ReadOnlySpan<byte> arguments)
    {
        byte[] info = new byte[InfoBytes];
        info[0] = (byte)Math.Max(0, "RSDTZW".IndexOf(state, StringComparison.Ordinal));
        info[1] = (byte)state;
        info[2] = (byte)(state == 'Z' ? 1 : 0);
        Put(info, 16, (int)ids.User);
        Put(info, 20, (int)ids.UserGroup);
        Put(info, 24, ids.Process);
        Put(info, 28, ids.Parent);
        Put(info, 32, ids.Group);
        Put(info, 36, ids.Session);
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(name);
        bytes[..Math.Min(bytes.Length, InfoArguments - InfoName - 1)].CopyTo(info.AsSpan(InfoName));
        Span<byte> line = info.AsSpan(InfoArguments, InfoBytes - InfoArguments - 1);
        arguments = arguments.TrimEnd((byte)0);
        arguments[..Math.Min(arguments.Length, line.Length)].CopyTo(line);
        line[..Math.Min(arguments.Length, line.Length)].Replace((byte)0, (byte)' ');
        notes.Add(Owner, PrPsInfo, info);
    }

    /// <summary>Adds <c>NT_ARM_PAC_MASK</c>: which bits of addresses of data and of code may hold an authentication code.</summary>
    public static void AddAuthenticationBits(this NoteWriter notes, ulong bits)
    {
        byte[] masks = new byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(masks, bits);
        BinaryPrimitives.WriteUInt64LittleEndian(masks.AsSpan(sizeof(ulong)), bits);
        notes.Add("LINUX"u8, ArmPacMask, masks);
    }

    /// <summary>Adds <c>NT_AUXV</c>.</summary>
    public static void AddAuxiliary(this NoteWriter notes, ReadOnlySpan<byte> vector) => notes.Add(Owner, Auxiliary, vector);

    /// <summary>Adds <c>NT_FILE</c>: count, page size, then start, end and offset in pages of each mapping, then the names, each ending in a zero byte.</summary>
    public static void AddFiles(this NoteWriter notes, IReadOnlyList<MemoryRegion> regions, ulong pageSize)
    {
        using var head = new MemoryStream();
        using var names = new MemoryStream();
        ulong count = 0;
        Span<byte> word = stackalloc byte[8];
        foreach (MemoryRegion region in regions)
        {
            if (region.File.IsFile && region.Path.Length > 0)
            {
                count++;
                Write(head, word, region.Range.Start);
                Write(head, word, region.Range.End);
                Write(head, word, region.FileOffset / pageSize);
                names.Write(PathText.Encode(region.Path));
                names.Write(region.IsDeleted ? Encoding.ASCII.GetBytes(MemoryRegion.DeletedMark) : []);
                names.WriteByte(0);
            }
        }

        using var all = new MemoryStream();
        Write(all, word, count);
        Write(all, word, pageSize);
        head.WriteTo(all);
        names.WriteTo(all);
        notes.Add(Owner, Files, all.ToArray());
    }

    private static void Write(Stream stream, Span<byte> word, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        stream.Write(word);
    }

    private static void Put(byte[] bytes, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
}

/// <summary>The ids of a process, as the observer counts them.</summary>
internal readonly record struct ProcessIds(int Process, int Parent, int Group, int Session, uint User, uint UserGroup);
