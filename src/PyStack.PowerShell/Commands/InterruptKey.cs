using System;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack;

/// <summary>Ctrl+C as a key, for a command that ends with what it has instead of being stopped. While it is used, keys that are typed are read and lost.</summary>
/// <remarks>
/// PowerShell stops the pipeline at the signal, and what a stopped pipeline writes is lost: so the terminal must not make a signal of the key. Only for the command that the user of the terminal
/// waits for: at the prompt, and for jobs and event handlers, the keys belong to the line editor.
/// </remarks>
internal sealed class InterruptKey : IDisposable
{
    // The codes of Ctrl+C and Ctrl+\.
    private const char EndOfText = '\x03';
    private const char FileSeparator = '\x1c';

    private readonly CancellationTokenSource _pressed = new();
    private bool _isActive;

    private InterruptKey(bool isActive) => _isActive = isActive;

    /// <summary>Cancelled when the key was pressed.</summary>
    public CancellationToken Token => _pressed.Token;

    /// <summary>Whether there is a user who can press it.</summary>
    public static bool IsAvailable(PSHost? host)
    {
        try
        {
            return host?.Name == "ConsoleHost" && Runspace.DefaultRunspace?.Id == 1 && !Console.IsInputRedirected && Terminal.IsInForeground() && !Console.TreatControlCAsInput;
        }
        catch (Exception e) when (e is InvalidOperationException or System.IO.IOException)
        {
            return false;
        }
    }

    /// <summary>Reads the key from now on, if there is a user.</summary>
    public static InterruptKey Begin(PSHost? host)
    {
        bool isActive = IsAvailable(host);
        if (isActive)
        {
            Console.TreatControlCAsInput = true;
        }

        return new InterruptKey(isActive);
    }

    /// <summary>Looks whether it was pressed. From then on Ctrl+C is a signal again.</summary>
    public void Look()
    {
        while (_isActive && Terminal.IsInForeground() && Console.KeyAvailable)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (key.KeyChar is EndOfText or FileSeparator || (key.Key == ConsoleKey.C && key.Modifiers == ConsoleModifiers.Control))
            {
                End();
                _pressed.Cancel();
            }
        }
    }

    public void Dispose()
    {
        End();
        _pressed.Dispose();
    }

    private void End()
    {
        if (_isActive)
        {
            _isActive = false;
            Console.TreatControlCAsInput = false;
        }
    }
}
