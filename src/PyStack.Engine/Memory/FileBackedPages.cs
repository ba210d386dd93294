using System;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Memory;

/// <summary>
/// Tells which memory of a process has to be fetched from a file before it can be read. Its disk may not answer, and a thread that reads such memory then hangs with it, which no deadline of
/// its own helps against (process_vm_readv(2) cannot be interrupted there).
/// </summary>
/// <remarks>Anonymous memory is not checked: swap is on a disk of this machine.</remarks>
internal sealed unsafe class FileBackedPages : IDisposable
{
    private const int Known = 1024;

    /// <summary>How long a page that was there is taken to be there still, in ms.</summary>
    private const long KnownFor = 2000;

    /// <summary>Bit 63 of an entry: the page is in the process's page table (Documentation/admin-guide/mm/pagemap.rst).</summary>
    private const ulong Present = 1UL << 63;

    private const int EntriesAtOnce = 512;

    private readonly SafeFileHandle _pagemap;
    private FileMapping[] _mappings = [];
    private ulong[] _starts = [];
    private readonly ulong[] _pages = new ulong[Known];
    private readonly long[] _seen = new long[Known];

    /// <param name="threadId">A thread of the process.</param>
    public FileBackedPages(int threadId)
        => _pagemap = FileCalls.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{threadId}/pagemap"), FileCalls.ReadOnly | FileCalls.CloseOnExec);

    /// <summary>Sets which memory is that of files.</summary>
    /// <param name="mappings">By ascending address.</param>
    public void Update(FileMapping[] mappings)
    {
        _mappings = mappings;
        _starts = Array.ConvertAll(mappings, mapping => mapping.Range.Start);
    }

    public void Dispose() => _pagemap.Dispose();

    /// <summary>Whether reading a range may wait for a disk, and for which one.</summary>
    public bool MayWait(ulong address, int length, out string device)
    {
        device = "";
        int index = SortedSearch.LastAtOrBefore(_starts, address);
        if (index < 0 || address >= _mappings[index].Range.End)
        {
            index++;
        }

        ulong end = address + (ulong)length < address ? ulong.MaxValue : address + (ulong)length;
        for (; index < _mappings.Length && _mappings[index].Range.Start < end; index++)
        {
            AddressRange range = _mappings[index].Range;
            if (!AreThere(Math.Max(address, range.Start), Math.Min(end, range.End)))
            {
                device = FilePlace.DeviceName(_mappings[index].DeviceMajor, _mappings[index].DeviceMinor);
                return true;
            }
        }

        return false;
    }

    private bool AreThere(ulong start, ulong end)
    {
        ulong pageSize = (ulong)Environment.SystemPageSize;
        long now = Environment.TickCount64;
        ulong first = start / pageSize;
        ulong count = ((end - 1) / pageSize) - first + 1;
        if (count == 1)
        {
            int slot = (int)(first % Known);
            if (_pages[slot] == first && now - _seen[slot] < KnownFor)
            {
                return true;
            }

            bool isThere = Ask(first, 1);
            (_pages[slot], _seen[slot]) = isThere ? (first, now) : (0, 0);
            return isThere;
        }

        for (ulong done = 0; done < count; done += EntriesAtOnce)
        {
            if (!Ask(first + done, (int)Math.Min(EntriesAtOnce, count - done)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Ask(ulong page, int count)
    {
        ulong* entries = stackalloc ulong[EntriesAtOnce];
        CallWatch? watch = CallWatch.Enter();
        nint bytes = _pagemap.IsInvalid ? 0 : FileCalls.PositionedRead(_pagemap, (byte*)entries, (nuint)count * sizeof(ulong), (long)(page * sizeof(ulong)));
        CallWatch.Leave(watch);
        bool areThere = bytes == (nint)count * sizeof(ulong);
        for (int i = 0; areThere && i < count; i++)
        {
            areThere = (entries[i] & Present) != 0;
        }

        return areThere;
    }
}

/// <summary>A mapping of a file and the device that the file is on.</summary>
internal readonly record struct FileMapping(AddressRange Range, uint DeviceMajor, uint DeviceMinor);
