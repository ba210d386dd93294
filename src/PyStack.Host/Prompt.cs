using System;
using PyStack.Host.Terminal;

namespace PyStack.Host;

/// <summary>A plain prompt: one line, one command.</summary>
internal static class Prompt
{
    public static int Run(HostSession session)
    {
        Console.Out.WriteLine("PyStack. Get-Help Get-PyStack -Full shows the help, exit leaves.");
        var editor = new LineEditor(session.Complete);
        // At the prompt Ctrl+C drops the line, during a command it ends the command; in no case it ends the host.
        Console.TreatControlCAsInput = true;
        while (session.ExitCode is null)
        {
            string? line = editor.ReadLine(session.Evaluate("prompt") ?? "PS> ");
            if (line is null)
            {
                break;
            }

            session.Reset();
            if (!string.IsNullOrWhiteSpace(line))
            {
                Console.TreatControlCAsInput = false;
                session.Run(line);
                Console.TreatControlCAsInput = true;
            }
        }

        return session.ExitCode ?? ExitCodes.Success;
    }
}
