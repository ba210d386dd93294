using System.Management.Automation;

namespace PyStack.Tests;

/// <summary>A thread's traceback without colours, as one text.</summary>
internal static class ThreadText
{
    /// <param name="thread">A <see cref="PyThread"/>, or a deserialized one.</param>
    public static string Of(object thread) => string.Join('\n', new ThreadFormat().Lines(PSObject.AsPSObject(thread)));
}
