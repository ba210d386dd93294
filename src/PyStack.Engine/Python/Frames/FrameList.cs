using System;

namespace PyStack.Engine.Python.Frames;

/// <summary>
/// The frames of one walk. A list of our own and not <c>List&lt;RawFrame&gt;</c>: the framework's is compiled for this struct only while
/// we run, which a short-lived observer pays for in its target's pause.
/// </summary>
internal sealed class FrameList
{
    private RawFrame[] _frames = new RawFrame[256];

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
            EnsureCapacity(Count * 2);
        }

        _frames[Count++] = frame;
    }

    public void Clear() => Count = 0;

    /// <summary>Forgets all but the first frames.</summary>
    public void Truncate(int count) => Count = count;

    public void EnsureCapacity(int capacity)
    {
        if (capacity > _frames.Length)
        {
            Array.Resize(ref _frames, capacity);
        }
    }
}
