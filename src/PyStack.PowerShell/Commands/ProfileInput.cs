using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace PyStack;

/// <summary>Takes profiles as they were made, and those of jobs, remoting, <c>Import-Clixml</c> and <c>ConvertFrom-Json</c>.</summary>
internal static class ProfileInput
{
    /// <summary>The profile itself, or a copy of a deserialized one.</summary>
    /// <exception cref="EngineException">The object is no profile, or not the whole of one.</exception>
    public static PyProfile Of(PSObject item)
    {
        if (item.BaseObject is PyProfile profile)
        {
            return profile;
        }

        if (item.BaseObject is not PSCustomObject || item.Properties[nameof(PyProfile.Stacks)] is not { } stacks || item.Properties[nameof(PyProfile.Samples)] is null)
        {
            throw new EngineException(
                EngineError.InvalidArgument,
                $"An object of the type {item.BaseObject.GetType().Name} is not a profile",
                "Pipe the objects of Measure-PyStack, whole, to Export-PyProfile: profiles, and not their functions or stacks.");
        }

        return IsWhole(stacks.Value) ? (PyProfile)Rehydration.Copy(typeof(PyProfile), item) : throw new EngineException(
            EngineError.InvalidArgument,
            "The stacks of this profile are text only, as in a CSV file or in JSON of a small depth",
            "Keep profiles with Export-Clixml or with ConvertTo-Json -Depth 6: both have all of each stack.");
    }

    private static bool IsWhole(object? stacks)
        => Plain(stacks) is IList list && list.Cast<object?>().All(stack => Plain(stack) is not string && (Plain(stack) is PyProfileStack || Frames(stack) is not string)) && Plain(stacks) is not string;

    private static object? Frames(object? stack)
        => Plain(stack is PSObject known ? known.Properties[nameof(PyProfileStack.Frames)]?.Value : null) switch
        {
            IList frames when frames.Count > 0 && Plain(frames[0]) is string => "",
            string => "",
            var frames => frames,
        };

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
