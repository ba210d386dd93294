using System;
using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>Runs when PowerShell imports the module.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private const string UpdateTypeData = "Microsoft.PowerShell.Commands.UpdateTypeDataCommand, Microsoft.PowerShell.Commands.Utility";

    private static readonly Type[] Enums = [typeof(PyFrameKind), typeof(PyGilState), typeof(PyImplementation), typeof(PySource)];

    /// <summary>
    /// Loads the assembly of the public objects, so that <c>[PyStack.PyThread]</c> is known before the first stack is taken, and has their enums come
    /// out of remoting, jobs and clixml as enums.
    /// </summary>
    public void OnImport()
    {
        RuntimeHelpers.RunClassConstructor(typeof(PyThread).TypeHandle);
        RestoreEnums();
    }

    // Without this a deserialized enum is a number, and `Where-Object Gil -EQ Held` finds nothing. PyStack.Types.ps1xml cannot say it: PowerShell reads that
    // file before it loads the assembly that has the types. The command is asked for by its type: by its name it would be looked for in all modules, and an
    // engine without PowerShell's modules has nothing that deserializes.
    private static void RestoreEnums()
    {
        if (Type.GetType(UpdateTypeData, throwOnError: false) is not Type command)
        {
            return;
        }

        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        foreach (Type type in Enums)
        {
            shell.AddStatement()
                .AddCommand(new CmdletInfo("Update-TypeData", command))
                .AddParameter("TypeName", "Deserialized." + type.FullName)
                .AddParameter("TargetTypeForDeserialization", type)
                .AddParameter("Force");
        }

        shell.Invoke();
    }
}
