using System;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>
/// The Python frames of a thread, innermost first, with the objects in their variables. They are read after the capture: what they have is true of the wait only if the thread
/// has not run meanwhile, which <see cref="PythonWaits"/> checks.
/// </summary>
/// <param name="threadId">As the observer counts; 0 of a task that no known thread runs.</param>
/// <param name="thread">The thread; null of a task's stack.</param>
/// <param name="frames">Outermost first.</param>
internal sealed class PythonStack(int threadId, CapturedThread? thread, List<PythonFrame> frames, PythonReader python)
{
    public PythonStack(int threadId, CapturedThread thread, PythonReader python)
        : this(threadId, thread, thread.Frames, python)
    {
    }

    public int ThreadId => threadId;

    /// <exception cref="System.InvalidOperationException">It is a task's.</exception>
    public CapturedThread Thread => thread ?? throw new InvalidOperationException("the stack is a task's");

    /// <summary>What reads the memory of its CPython.</summary>
    public PythonReader Python => python;

    /// <summary>How many frames it has, hidden ones included.</summary>
    public int Count => frames.Count;

    /// <summary>A frame.</summary>
    /// <param name="index">0 is the innermost.</param>
    public PythonFrame this[int index] => frames[Count - 1 - index];

    /// <summary>A stack of the innermost frames alone.</summary>
    public PythonStack InnerPart(int count) => new(threadId, thread, frames.GetRange(Count - count, count), python);

    /// <summary>The name of the file of a frame's code, without its folder.</summary>
    public ReadOnlySpan<char> FileOf(int index)
    {
        string file = this[index].Code.FileName;
        return file.AsSpan(file.LastIndexOf('/') + 1);
    }

    /// <summary>Where a frame is, escaped: <c>store.py:88</c>, or the file alone.</summary>
    public string PlaceOf(int index)
    {
        string file = TerminalText.Escape(FileOf(index).ToString());
        return this[index].Position.Line is int line ? string.Create(CultureInfo.InvariantCulture, $"{file}:{line}") : file;
    }

    /// <summary>Whether a frame runs a function of a module, by the names of both. Files of any folder fit: check the types of its variables, too.</summary>
    public bool Is(int index, string file, string function)
        => index < Count && this[index].Code.Name == function && FileOf(index).SequenceEqual(file);

    /// <summary>The object in a variable of a frame: an argument, a local or a free variable; false if it has none of this name, or no value.</summary>
    public bool TryGetVariable(int index, string name, out ulong value)
    {
        value = 0;
        return index < Count && python.TryGetVariable(this[index].Address, name, out value);
    }

    /// <summary>All that a frame's variables have, by their names; variables without a value are left out.</summary>
    public IEnumerable<KeyValuePair<string, ulong>> Variables(int index)
    {
        ulong frame = this[index].Address;
        if (!python.TryReadCode(frame, out CodeVariables? code))
        {
            yield break;
        }

        for (int slot = 0; slot < code.Count; slot++)
        {
            if (python.Memory.TryReadPointer(python.SlotOf(frame, slot), out ulong found) && (found &= ~python.Layout.Locals.TagMask) != 0)
            {
                found = code.IsCell(slot) && python.Objects.TryGetCellContent(found, out ulong content) ? content : found;
                if (found != 0)
                {
                    yield return new(code.Names[slot], found);
                }
            }
        }
    }
}
