using System;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>
/// A range of addresses whose memory is committed piece by piece and does not move: spans stay valid while more is added. Returned to the
/// kernel at once when it is disposed of, unlike managed arrays.
/// </summary>
/// <remarks>No finalizer, as in <see cref="FilePages"/>: a span does not keep this object alive. Dispose only when no span is in use.</remarks>
internal sealed unsafe class ReservedMemory : IDisposable
{
    private readonly nuint _size;
    private nint _address;
    private nuint _usable;

    private ReservedMemory(nint address, nuint size)
    {
        _address = address;
        _size = size;
    }

    /// <summary>Reserves addresses; null if the kernel refuses (<c>ulimit -v</c>).</summary>
    public static ReservedMemory? TryReserve(long size)
    {
        nint address = FileCalls.MapAnonymousMemory((nuint)size, FileCalls.ProtectionNone);
        return address == -1 ? null : new ReservedMemory(address, (nuint)size);
    }

    /// <summary>Makes the first bytes usable; false if the kernel refuses, or there are not enough.</summary>
    public bool TryGrow(long length)
    {
        nuint wanted = ((nuint)length + (nuint)Environment.SystemPageSize - 1) & ~((nuint)Environment.SystemPageSize - 1);
        wanted = Math.Min(wanted, _size);
        if (_address == 0 || (nuint)length > _size)
        {
            return false;
        }

        if (wanted > _usable)
        {
            if (FileCalls.Protect(_address + (nint)_usable, wanted - _usable, FileCalls.ProtectionReadWrite) != 0)
            {
                return false;
            }

            _usable = wanted;
        }

        return true;
    }

    /// <summary>A part of what was made usable.</summary>
    public Span<byte> Slice(long start, int length) => new((byte*)_address + start, length);

    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _ = FileCalls.Unmap(address, _size);
        }
    }
}
