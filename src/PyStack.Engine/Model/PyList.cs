using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace PyStack;

/// <summary>
/// A list that does not change. In PowerShell it is used as an array is; in a CSV file, where an array would be the name of its type, it is text.
/// </summary>
/// <typeparam name="T">What it contains.</typeparam>
public abstract class PyList<T> : ReadOnlyCollection<T>
{
    private protected PyList(IEnumerable<T>? items)
        : base(items is null ? [] : [.. items])
    {
    }

    /// <summary>The number of items, as an array has it.</summary>
    public int Length => Count;

    /// <summary>The items of a range, so that <c>list[1..]</c> can be written.</summary>
    internal T[] Slice(int start, int length) => [.. this.Skip(start).Take(length)];

    /// <summary>What is between two items in the text.</summary>
    private protected virtual string Separator => "; ";

    /// <summary>The items on one line, separated by <c>; </c>; control characters are escaped.</summary>
    public override string ToString() => string.Join(Separator, this.Select(item => TerminalText.Escape(item?.ToString() ?? "")));
}
