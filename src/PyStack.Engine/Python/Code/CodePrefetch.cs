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
/// Makes sure that the copy holds all that decoding the frames will want (code objects, their names and line tables), so
/// that nothing is read from a target that runs on. Runs inside the target's pause.
/// </summary>
internal sealed class CodePrefetch(PythonLayout layout, Limits limits)
{
    private readonly AddressSet _seen = new();
    private readonly CodeType _type = new(layout);
    private readonly byte[] _code = new byte[layout.Code.Size];

    /// <summary>Pins the code objects of a range of frames, each once.</summary>
    /// <param name="cancellation">Ends the pass early: there may be a hundred thousand of them.</param>
    public void Prefetch(PageSnapshot snapshot, FrameList frames, int first, int end, CancellationToken cancellation = default)
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

                PinCode(snapshot, frames[i].Code);
            }
        }
    }

    /// <summary>Makes room for twice of what the last round saw, so that the next one needs no memory.</summary>
    public void ReserveDouble() => _seen.EnsureCapacity((_seen.Count * 2) + 256);

    private void PinCode(PageSnapshot snapshot, ulong address)
    {
        if (!_type.IsCode(snapshot, address) || !snapshot.TryRead(address, _code))
        {
            return;
        }

        CodeLayout at = layout.Code;
        PinText(snapshot, at.FileName);
        PinText(snapshot, at.Name);
        if (at.QualifiedName is int qualifiedName)
        {
            PinText(snapshot, qualifiedName);
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(at.LineTable));
        if (BytesObject.TryLocate(snapshot, table, layout, limits.LineTableBytes, out ulong data, out int length))
        {
            snapshot.Prefetch(data, length);
        }
    }

    private void PinText(PageSnapshot snapshot, int offset)
    {
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(offset));
        if (NameObject.TryLocate(snapshot, address, layout, limits.NameLength, out ulong data, out int length))
        {
            snapshot.Prefetch(data, length);
        }
    }
}
