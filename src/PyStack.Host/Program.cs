using System;
using Microsoft.PowerShell;
using PyStack.Host;

Surroundings.Prepare();
if (PwshLink.IsCalledByIt())
{
    // PowerShell starts its jobs in processes of their own, by this name and with parameters of its own.
    return UnmanagedPSEntry.Start(args, args.Length);
}

if (args is ["-?" or "-h" or "--help"])
{
    Console.Out.WriteLine(Usage.Text);
    return ExitCodes.Success;
}

if (ModuleLocation.Find() is not { } module)
{
    Console.Error.WriteLine("pystack-host: the module is not there: expected Modules/PyStack/PyStack.psd1 beside the program, out/PyStack in the repository, or PyStack in a folder of PSModulePath.");
    return ExitCodes.Usage;
}

PwshLink.Create();
var shell = new Shell(module);
return args switch
{
    [] => Demonstration.Run(shell),
    ["-i"] when Console.IsInputRedirected => Usage.Refuse("-i needs a terminal. Give the command as words, or a script with -File."),
    ["-i"] => shell.Prompt(),
    ["-File"] => Usage.Refuse("-File needs the path of a script."),
    ["-File", ..] => shell.Run(args),
    _ => shell.Run("-Command", string.Join(' ', args)),
};
