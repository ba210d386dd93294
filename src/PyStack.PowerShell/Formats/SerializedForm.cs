using System.Collections.Specialized;
using System.Management.Automation;

namespace PyStack;

/// <summary>What remoting, jobs and <c>Export-Clixml</c> make of the objects.</summary>
internal static class SerializedForm
{
    /// <summary>
    /// Lets variables keep their order: of all dictionaries PowerShell deserializes only those as ordered whose first type name is <see cref="OrderedDictionary"/>.
    /// </summary>
    public static void KeepOrder(PyFrameList frames)
    {
        foreach (PyFrame frame in frames)
        {
            KeepOrder(frame.Arguments);
            KeepOrder(frame.Locals);
        }
    }

    // PowerShell keeps the names of a type with the object, not with its wrapper. That takes some 700 bytes, and one variable has no order.
    private static void KeepOrder(PyVariables? variables)
    {
        if (variables is { Count: > 1 })
        {
            PSObject.AsPSObject(variables).TypeNames.Insert(0, typeof(OrderedDictionary).FullName);
        }
    }
}
