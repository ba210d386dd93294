using System;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;

namespace PyStack;

/// <summary>
/// The terminal while something is shown on all of it: on the alternate screen, without a cursor, with keys that can be read at once. It is as it was before after <see cref="Dispose"/>, and
/// when the process is ended by a signal or by itself.
/// </summary>
internal sealed class FullScreen : IDisposable
{
    // xterm's control sequences: alternate screen, cursor hidden, lines that are too long are not continued. Then the reverse, with colours off, in the reverse order.
    private const string Begin = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
    private const string End = "\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file;
    private readonly TerminalCalls.Settings _before;
    private readonly TerminalCalls.Settings _forKeys;
    private readonly PosixSignalRegistration[] _signals;
    private bool _isOpen = true;

    private FullScreen(SafeFileHandle file, in TerminalCalls.Settings before)
    {
        (_file, _before, _forKeys) = (file, before, before.ForKeys());
        // Without a cancel the signal does what it always does: it ends the process.
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Restore()),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => Restore()),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => Restore()),
        ];
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        Prepare();
    }

    /// <summary>Whether the terminal is gone: its window was closed, or its line is cut.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Opens the terminal of this process; null if it has none.</summary>
    public static FullScreen? TryOpen()
    {
        SafeFileHandle file = FileCalls.Open("/dev/tty", TerminalCalls.ReadWrite | FileCalls.CloseOnExec | FileCalls.NonBlocking | FileCalls.NoControllingTerminal);
        if (!file.IsInvalid && TerminalCalls.TryGetSettings(file, out TerminalCalls.Settings settings))
        {
            return new FullScreen(file, settings);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Its size in cells now; 80 by 24 if it does not say.</summary>
    public (int Width, int Height) Size => TerminalCalls.TryGetSize(_file, out int width, out int height) ? (width, height) : (80, 24);

    /// <summary>What was typed since the last time; does not wait.</summary>
    public int Read(Span<byte> typed)
    {
        int count = TerminalCalls.Read(_file, typed);
        IsGone |= count < 0;
        return Math.Max(0, count);
    }

    /// <summary>Writes a screen. Nothing is written after the terminal has been restored.</summary>
    public void Write(string text)
    {
        lock (_gate)
        {
            if (_isOpen)
            {
                // After a stop and SIGCONT .NET sets what it thinks is right; a shell does so, too.
                if (TerminalCalls.TryGetSettings(_file, out TerminalCalls.Settings now) && !now.IsSame(_forKeys))
                {
                    Prepare();
                }

                _ = TerminalCalls.TryWrite(_file, Encoding.UTF8.GetBytes(text), Patience);
            }
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Restore();
        Array.ForEach(_signals, signal => signal.Dispose());
        _file.Dispose();
    }

    private void OnExit(object? sender, EventArgs e) => Restore();

    private void Prepare()
    {
        _ = TerminalCalls.TrySetSettings(_file, _forKeys);
        _ = TerminalCalls.TryWrite(_file, Encoding.UTF8.GetBytes(Begin), Patience);
    }

    private void Restore()
    {
        lock (_gate)
        {
            if (_isOpen)
            {
                _isOpen = false;
                _ = TerminalCalls.TryWrite(_file, Encoding.UTF8.GetBytes(End), Patience);
                _ = TerminalCalls.TrySetSettings(_file, _before);
            }
        }
    }
}
