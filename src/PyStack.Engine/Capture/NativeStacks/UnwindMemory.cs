using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>
/// What an unwinder may read: the copy of one thread's stack, and of the target's own memory only what it cannot write to, since all other memory may have
/// changed since.
/// </summary>
internal sealed class UnwindMemory(IMemorySource stack, MemoryMap map, IMemorySource readOnly) : IMemorySource
{
    public int Read(ulong address, Span<byte> destination)
    {
        int count = stack.Read(address, destination);
        if (count > 0 || map.Find(address) is not MemoryRegion region || region.IsWritable || !region.IsReadable)
        {
            return count;
        }

        int length = (int)Math.Min((ulong)destination.Length, region.Range.End - address);
        return readOnly.Read(address, destination[..length]);
    }
}
