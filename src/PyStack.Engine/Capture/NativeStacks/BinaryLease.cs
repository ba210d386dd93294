using System;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>The use of a binary by one capture: as long as it is not disposed of, the binary's files stay open and its memory stays where it is.</summary>
internal sealed class BinaryLease : IDisposable
{
    private readonly BinaryCache? _cache;
    private readonly BinaryCache.Entry? _entry;
    private bool _isDisposed;

    /// <summary>Of a binary that a cache keeps.</summary>
    public BinaryLease(BinaryCache cache, BinaryCache.Entry entry)
        : this(entry.Binary)
    {
        _cache = cache;
        _entry = entry;
    }

    /// <summary>Of a binary that no one else has: it ends with the lease.</summary>
    public BinaryLease(NativeBinary binary) => Binary = binary;

    public NativeBinary Binary { get; }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_cache is null)
        {
            Binary.Dispose();
        }
        else
        {
            _cache.Return(_entry!);
        }
    }
}
