using System;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Tasks;

namespace PyStack.Engine.Results;

/// <summary>What tasks of one level are ordered by: interpreter, kind, thread, name.</summary>
/// <param name="Prefix">The number of the name's text before its last digits, equal for equal texts; below 0 where the name has to be compared as it is.</param>
/// <param name="Number">The value of these digits.</param>
/// <param name="Index">Of the task.</param>
internal readonly record struct TaskKey(RawTask Task, int Prefix, ulong Number, int Index)
{
    public static int Compare(TaskKey left, TaskKey right)
    {
        RawTask one = left.Task;
        RawTask other = right.Task;
        return one.Interpreter.CompareTo(other.Interpreter) is not 0 and int byInterpreter ? byInterpreter
            : one.Kind != other.Kind ? ((long)one.Kind).CompareTo((long)other.Kind)
            : one.Thread.CompareTo(other.Thread) is not 0 and int byThread ? byThread
            : ByName(left, right) is not 0 and int byName ? byName
            : left.Index.CompareTo(right.Index);
    }

    // A hundred thousand names are "Task-" and a number: two numbers are compared faster than two texts.
    private static int ByName(in TaskKey left, in TaskKey right)
        => left.Prefix >= 0 && left.Prefix == right.Prefix ? left.Number.CompareTo(right.Number) : NaturalOrder.Compare(left.Task.Name, right.Task.Name);
}

/// <summary>Makes the keys of tasks.</summary>
internal sealed class TaskKeys
{
    /// <summary>More digits do not fit into the number.</summary>
    private const int MostDigits = 18;

    private readonly Dictionary<string, int> _prefixes = new(StringComparer.Ordinal);

    public TaskKey Of(RawTask task, int index)
    {
        ReadOnlySpan<char> name = task.Name;
        int digits = name.Length - 1 - name.LastIndexOfAnyExceptInRange('0', '9');
        return digits is 0 or > MostDigits
            ? new TaskKey(task, -1, 0, index)
            : new TaskKey(task, PrefixOf(name[..^digits]), ulong.Parse(name[^digits..], NumberStyles.None, CultureInfo.InvariantCulture), index);
    }

    private int PrefixOf(ReadOnlySpan<char> text)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> known = _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(text, out int number))
        {
            number = _prefixes.Count;
            known[text] = number;
        }

        return number;
    }
}
