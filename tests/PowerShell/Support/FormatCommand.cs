using System;
using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace PyStack.Tests;

/// <summary>
/// <c>Format-Table</c> and <c>Format-List</c>: PowerShell has them in an assembly of its own modules, and all that they do in its engine. As there, the
/// command is its base class with the engine's implementation of a shape.
/// </summary>
internal static class FormatCommand
{
    public static CmdletInfo Of(string name) => new(name, name switch
    {
        "Format-Table" => typeof(FormatTable),
        "Format-List" => typeof(FormatList),
        "Format-Wide" => typeof(FormatWide),
        _ => typeof(FormatCustom),
    });

    private static void Implement(FrontEndCommandBase command, string shape)
    {
        Assembly engine = typeof(FrontEndCommandBase).Assembly;
        object wanted = Enum.Parse(engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.FormatShape", throwOnError: true)!, shape);
        object implementation = Activator.CreateInstance(
            engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.InnerFormatShapeCommand", throwOnError: true)!,
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic,
            null,
            [wanted],
            null)!;
        typeof(FrontEndCommandBase).GetField("implementation", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(command, implementation);
    }

    [Cmdlet("Format", "Table")]
    public sealed class FormatTable : OuterFormatTableBase
    {
        public FormatTable() => Implement(this, "Table");
    }

    [Cmdlet("Format", "Wide")]
    public sealed class FormatWide : OuterFormatShapeCommandBase
    {
        public FormatWide() => Implement(this, "Wide");
    }

    [Cmdlet("Format", "Custom")]
    public sealed class FormatCustom : OuterFormatShapeCommandBase
    {
        public FormatCustom() => Implement(this, "Complex");
    }

    [Cmdlet("Format", "List")]
    public sealed class FormatList : OuterFormatTableAndListBase
    {
        public FormatList() => Implement(this, "List");
    }
}
