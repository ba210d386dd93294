using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Tasks;

/// <summary>
/// Stacks that are shown alike, kept once: a hundred thousand tasks wait in a few places. Their frames differ in their addresses, which are not used any more.
/// </summary>
internal sealed class SharedFrames
{
    private readonly Dictionary<List<PythonFrame>, List<PythonFrame>> _known = new(new SameFrames());

    /// <summary>The frames that are shown for these; without variables.</summary>
    /// <param name="frames">The list may be used again.</param>
    public List<PythonFrame> Of(List<PythonFrame> frames)
    {
        if (!_known.TryGetValue(frames, out List<PythonFrame>? known))
        {
            known = [.. frames];
            _known.Add(known, known);
        }

        return known;
    }

    private sealed class SameFrames : IEqualityComparer<List<PythonFrame>>
    {
        public bool Equals(List<PythonFrame>? left, List<PythonFrame>? right)
        {
            if (left is null || right is null || left.Count != right.Count)
            {
                return ReferenceEquals(left, right);
            }

            ReadOnlySpan<PythonFrame> others = CollectionsMarshal.AsSpan(right);
            ReadOnlySpan<PythonFrame> own = CollectionsMarshal.AsSpan(left);
            for (int i = 0; i < own.Length; i++)
            {
                if (!ReferenceEquals(own[i].Code, others[i].Code) || own[i].Instruction != others[i].Instruction || own[i].IsHidden != others[i].IsHidden)
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(List<PythonFrame> frames)
        {
            HashCode hash = default;
            foreach (ref readonly PythonFrame frame in CollectionsMarshal.AsSpan(frames))
            {
                hash.Add(RuntimeHelpers.GetHashCode(frame.Code));
                hash.Add(frame.Instruction);
            }

            return hash.ToHashCode();
        }
    }
}
