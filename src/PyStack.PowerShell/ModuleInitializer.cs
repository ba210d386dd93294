using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>Runs when PowerShell imports the module.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    /// <summary>Loads the assembly of the public objects, so that <c>[PyStack.PyThread]</c> is known before the first stack is taken.</summary>
    public void OnImport()
    {
        RuntimeHelpers.RunClassConstructor(typeof(PyThread).TypeHandle);
        Engine.Sessions.EngineWarmUp.Begin();
    }
}
