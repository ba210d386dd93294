using System;

namespace PyStack.Engine.Python.Frames;

/// <summary>
/// The frames of one walk. Not <c>List&lt;RawFrame&gt;</c>: the framework's list is compiled for this struct only at run time,
/// which in a short-lived process would happen in the target's pause.
/// </summary>
internal sealed class FrameList
{
    private const int FirstCapacity = 256;

    private RawFrame[] _frames = [];

    public int Capacity => _frames.Length;

    public int Count { get; private set; }

    public RawFrame this[int index]
    {
        get => _frames[index];
        set => _frames[index] = value;
    }

    public void Add(in RawFrame frame)
    {
        if (Count == _frames.Length)
        {
            EnsureCapacity(Math.Max(FirstCapacity, Count * 2));
        }

        _frames[Count++] = frame;
    }

    public void Clear() => Count = 0;

    /// <summary>Removes all except the first frames.</summary>
    public void Truncate(int count) => Count = count;

    public void EnsureCapacity(int capacity)
    {
        if (capacity > _frames.Length)
        {
            Array.Resize(ref _frames, capacity);
        }
    }
}
