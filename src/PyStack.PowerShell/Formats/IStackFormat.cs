using System.Collections.Generic;
using System.Management.Automation;

namespace PyStack;

/// <summary>How <c>Format-PyStack</c> writes the objects of one type. A type is one implementation, and one line in <see cref="StackFormats"/>.</summary>
internal interface IStackFormat
{
    /// <summary>Whether this is an object of the type, also one that was deserialized, selected or read from JSON.</summary>
    bool IsFor(PSObject item);

    /// <summary>Why an object of the type cannot be written; null if it can.</summary>
    EngineException? Refusal(PSObject item);

    /// <summary>The line, or lines, above all objects of one process or core; equal for those that are below the same one.</summary>
    string Header(PSObject item);

    /// <summary>Whether there is no empty line between two objects.</summary>
    bool IsTight => false;

    /// <summary>The object's own lines.</summary>
    IEnumerable<string> Lines(PSObject item);
}

/// <summary>The types that <c>Format-PyStack</c> writes.</summary>
internal static class StackFormats
{
    private static readonly TaskFormat Tree = new(isTree: true);

    private static readonly IStackFormat[] All =
    [
        Tree,
        new TaskFormat(isTree: false),
        new ThreadFormat(),
        new DeadlockFormat(),
    ];

    /// <summary>The format of an object; null if it is of another type.</summary>
    /// <param name="asTree">Tasks as a tree, however they were asked for.</param>
    public static IStackFormat? Of(PSObject item, bool asTree)
    {
        if (asTree && TaskFormat.IsTask(item))
        {
            return Tree;
        }

        foreach (IStackFormat format in All)
        {
            if (format.IsFor(item))
            {
                return format;
            }
        }

        return null;
    }
}
