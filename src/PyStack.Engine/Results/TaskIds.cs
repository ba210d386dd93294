using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Results;

/// <summary>The addresses of tasks as text, each made once: those that a hundred thousand tasks have in common are one text, and one list.</summary>
internal sealed class TaskIds
{
    private readonly Dictionary<ulong, string> _texts = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, PyTextList> _lists = new(AddressHash.Comparer);

    /// <summary>An address, hexadecimal.</summary>
    public string Of(ulong address)
    {
        if (!_texts.TryGetValue(address, out string? text))
        {
            _texts.Add(address, text = string.Create(CultureInfo.InvariantCulture, $"0x{address:x}"));
        }

        return text;
    }

    /// <summary>Several addresses; those of one alone are shared.</summary>
    public PyTextList Of(List<ulong> addresses)
    {
        if (addresses.Count != 1)
        {
            return addresses.Count == 0 ? PyTextList.None : [.. addresses.ConvertAll(Of)];
        }

        if (!_lists.TryGetValue(addresses[0], out PyTextList? list))
        {
            _lists.Add(addresses[0], list = [Of(addresses[0])]);
        }

        return list;
    }
}
