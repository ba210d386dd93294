using System;
using Microsoft.PowerShell;
using PyStack.Host;

Surroundings.Prepare();
if (PwshLink.IsCalledByIt())
{
    // PowerShell starts its jobs in processes of their own, by this name and with parameters of its own.
    return UnmanagedPSEntry.Start(args, args.Length);
}

args = PwshWords.Strip(args);
if (args is ["-?" or "-h" or "-help" or "--help", ..])
{
    Console.Out.WriteLine(Usage.Text);
    return ExitCodes.Success;
}

if (args is ["-v" or "-version" or "--version"])
{
    Console.Out.WriteLine(Usage.Versions);
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
    ["-Command"] => Usage.Refuse("-Command needs a command."),
    ["-Command", ..] => shell.Run(args[0], string.Join(' ', args[1..])),
    ["-File", ..] => shell.Run(args),
    [['-', ('-' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z')), ..] word, ..] when !word.Contains(' ', StringComparison.Ordinal) => Usage.Refuse($"{word} is not known. pystack-host --help shows what is; pwsh's other parameters work if a link named pwsh leads to this file."),
    _ => shell.Run("-Command", string.Join(' ', args)),
};
