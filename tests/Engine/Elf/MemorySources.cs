using System;
using System.IO;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Tests.Elf;

/// <summary>The memory of a process that we may look at, by the simplest way there is: <c>/proc/PID/mem</c>.</summary>
internal sealed class ProcessMemory(int processId) : IMemorySource, IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle($"/proc/{processId}/mem");

    public int Read(ulong address, Span<byte> destination)
    {
        try
        {
            return address > long.MaxValue ? 0 : RandomAccess.Read(_file, destination, (long)address);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>What a loader makes of a file: its loaded segments at their addresses, with zeros where the file gives none.</summary>
internal sealed class LoadedCopy : IMemorySource
{
    private readonly byte[] _bytes;
    private readonly ulong _start;

    /// <param name="content">The file. Its headers must be true.</param>
    /// <param name="bias">Where address 0 of the file shall be.</param>
    public LoadedCopy(byte[] content, ulong bias)
    {
        ulong phoff = BitConverter.ToUInt64(content, 32); // e_phoff
        int phnum = BitConverter.ToUInt16(content, 56); // e_phnum
        _bytes = [];
        for (int i = 0; i < phnum; i++)
        {
            int header = (int)phoff + (i * 56);
            if (BitConverter.ToUInt32(content, header) == 1)
            {
                // PT_LOAD: p_offset, p_vaddr, p_filesz, p_memsz
                int offset = (int)BitConverter.ToUInt64(content, header + 8);
                int address = (int)BitConverter.ToUInt64(content, header + 16);
                int fileSize = (int)BitConverter.ToUInt64(content, header + 32);
                int memorySize = (int)BitConverter.ToUInt64(content, header + 40);
                Array.Resize(ref _bytes, Math.Max(_bytes.Length, address + memorySize));
                content.AsSpan(offset, fileSize).CopyTo(_bytes.AsSpan(address));
            }
        }

        _start = bias;
    }

    /// <summary>The bytes from the bias on, to be changed by a test.</summary>
    public Span<byte> Bytes => _bytes;

    public int Read(ulong address, Span<byte> destination)
    {
        if (address < _start || address - _start >= (ulong)_bytes.Length)
        {
            return 0;
        }

        int offset = (int)(address - _start);
        int count = Math.Min(destination.Length, _bytes.Length - offset);
        _bytes.AsSpan(offset, count).CopyTo(destination);
        return count;
    }
}

/// <summary>Counts what is read, so that a test can say "not too much" without a clock.</summary>
internal sealed class CountingFile(IFileBytes inner) : IFileBytes
{
    public int Reads { get; private set; }

    public ulong Length => inner.Length;

    public int Read(ulong address, Span<byte> destination)
    {
        Reads++;
        return inner.Read(address, destination);
    }

    public bool TrySlice(ulong offset, ulong length, out ReadOnlySpan<byte> bytes)
    {
        Reads++;
        return inner.TrySlice(offset, length, out bytes);
    }
}
