using System;
using System.Buffers.Binary;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Code;

/// <summary>
/// Makes sure that the copy contains everything that decoding the frames will need (code objects, their names and line tables), so
/// that nothing is read from a target that runs again. Runs inside the target's pause.
/// </summary>
internal sealed class CodePrefetch(PythonLayout layout, Limits limits)
{
    private readonly AddressSet _seen = new();
    private readonly CodeType _type = new(layout);
    private readonly byte[] _code = new byte[layout.Code.Size];

    /// <summary>Prefetches the code objects of a range of frames, each once.</summary>
    /// <param name="cancellation">Ends the pass early: there may be a hundred thousand of them.</param>
    public void Prefetch(IPrefetchMemory copy, FrameList frames, int first, int end, CancellationToken cancellation = default)
    {
        _seen.Clear();
        _type.Forget();
        for (int i = first; i < end; i++)
        {
            if (_seen.Add(frames[i].Code))
            {
                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                PrefetchCode(copy, frames[i].Code);
            }
        }
    }

    /// <summary>Reserves twice the size of the last round, so that the next one allocates nothing.</summary>
    public void ReserveDouble() => _seen.EnsureCapacity((_seen.Count * 2) + 256);

    private void PrefetchCode(IPrefetchMemory copy, ulong address)
    {
        if (!_type.IsCode(copy, address) || !copy.TryRead(address, _code))
        {
            return;
        }

        CodeLayout at = layout.Code;
        PrefetchText(copy, at.FileName);
        PrefetchText(copy, at.Name);
        if (at.QualifiedName is int qualifiedName)
        {
            PrefetchText(copy, qualifiedName);
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(at.LineTable));
        if (BytesObject.TryLocate(copy, table, layout, limits.LineTableBytes, out ulong data, out int length))
        {
            copy.Prefetch(data, length);
        }
    }

    private void PrefetchText(IPrefetchMemory copy, int offset)
    {
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(offset));
        if (NameObject.TryLocate(copy, address, layout, limits.NameLength, out ulong data, out int length))
        {
            copy.Prefetch(data, length);
        }
    }
}
