using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>Reads where a task was created, which asyncio keeps in its debug mode: a <c>traceback.StackSummary</c>, a list of <c>FrameSummary</c> with slots.</summary>
internal sealed class AsyncioCreation(PythonReader python)
{
    /// <summary>More lines are not shown: asyncio keeps 10 (constants.DEBUG_STACK_DEPTH), in 3.6 all.</summary>
    private const int MaxLines = 64;

    // Tasks are created in a few places.
    private readonly Dictionary<ulong, string?> _texts = new(AddressHash.Comparer);

    /// <summary>The innermost lines, outermost first; null if the object is none of traceback's.</summary>
    public List<CreationFrame>? Read(ulong summary)
    {
        if (!python.Objects.Is(summary, ObjectKind.List) || !python.Objects.TryGetItems(summary, out ItemRange items))
        {
            return null;
        }

        List<CreationFrame> lines = [];
        for (int i = items.Count > MaxLines ? items.Count - MaxLines : 0; i < items.Count && python.Objects.TryReadItem(items, i, out ulong line); i++)
        {
            if (python.Values.IsInstance(line, "traceback.FrameSummary") && Text(line, "filename"u8) is string file && Text(line, "name"u8) is string function)
            {
                int? number = python.Objects.TryGetAttribute(line, "lineno"u8, out ulong value) && python.Values.Number(value) is >= 0 and <= int.MaxValue and long found ? (int)found : null;
                lines.Add(new CreationFrame(file, number, function));
            }
        }

        return lines.Count == 0 ? null : lines;
    }

    private string? Text(ulong line, System.ReadOnlySpan<byte> name)
    {
        if (!python.Objects.TryGetAttribute(line, name, out ulong value))
        {
            return null;
        }

        if (!_texts.TryGetValue(value, out string? text))
        {
            _texts.Add(value, text = python.Objects.TryReadText(value, out string read) ? read : null);
        }

        return text;
    }
}
