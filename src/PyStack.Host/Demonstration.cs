using System;
using System.Diagnostics;
using System.IO;

namespace PyStack.Host;

/// <summary>What runs without arguments: starts a Python program, shows its stack, and ends it.</summary>
internal static class Demonstration
{
    // It says that it is ready in the function that then sleeps; the lines are those of the README.
    private const string Program = """"
        """Waits, four functions deep: something for PyStack to look at."""

        import time

        def first_func():
            second_func()


        def second_func():
            third_func()

        def third_func():
            print("ready", flush=True)
            time.sleep(1000)


        first_func()
        """";

    private const string NoPython = """
        pystack-host: there is no python3 on the PATH, so there is nothing to show.
        Install one and call again, for example
            Debian, Ubuntu:  apt-get install python3
            Fedora, RHEL:    dnf install python3
            Alpine:          apk add python3
        or look at a Python process that runs already: pystack-host Get-PyStack -Id PID
        """;

    public static int Run(Shell shell)
    {
        string? python = FindOnPath("python3");
        if (python is null)
        {
            Console.Error.WriteLine(NoPython);
            return ExitCodes.Error;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("pystack-");
        try
        {
            string file = Path.Combine(folder.FullName, "demo.py");
            File.WriteAllText(file, Program);
            return Show(shell, python, file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Show(Shell shell, string python, string file)
    {
        Console.Out.WriteLine($"Starting {python} {file}");
        var start = new ProcessStartInfo(python) { RedirectStandardOutput = true };
        start.ArgumentList.Add(file);
        using Process target = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start.");
        try
        {
            if (target.StandardOutput.ReadLine() != "ready")
            {
                Console.Error.WriteLine($"pystack-host: {python} ended before it had run the program.");
                return ExitCodes.Error;
            }

            // Where there is no terminal PowerShell would break the lines of a view at 80 columns.
            string command = $"Get-PyStack -Id {target.Id}" + (Console.IsOutputRedirected ? " | Format-PyStack" : "");
            Console.Out.WriteLine($"It runs as process {target.Id}. This shows its stack,\nhere or in any pwsh 7.6 after Import-Module PyStack:");
            Console.Out.WriteLine($"\n    {command}\n");
            return shell.Run("-Command", command);
        }
        finally
        {
            target.Kill();
            target.WaitForExit();
            Console.Out.WriteLine($"Process {target.Id} has been ended. More: Get-Help Get-PyStack -Full, README.md.");
        }
    }

    private static string? FindOnPath(string program)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = Path.Combine(folder, program);
            if (File.Exists(candidate) && (File.GetUnixFileMode(candidate) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0)
            {
                return candidate;
            }
        }

        return null;
    }
}
