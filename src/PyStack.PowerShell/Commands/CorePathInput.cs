using System;
using System.Collections;
using System.IO;
using System.Management.Automation;

namespace PyStack;

/// <summary>
/// Takes text and files for a path. PowerShell makes text of any object, so that an object with an id as a property would be bound as a path from the pipeline before
/// its property is looked at.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CorePathInputAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        // PowerShell tries the other parameters if the cause is this exception.
        return value is null or string or FileSystemInfo or PathInfo or IEnumerable and not IDictionary
            ? inputData
            : throw new ArgumentTransformationMetadataException("Give the path of a core file as text.", new PSInvalidCastException("It is not a path."));
    }
}
