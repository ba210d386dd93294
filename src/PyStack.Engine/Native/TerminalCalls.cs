using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>The terminal: its settings (termios(3)), its size, waiting reads and whole writes.</summary>
internal static unsafe partial class TerminalCalls
{
    /// <summary>asm-generic/fcntl.h, O_RDWR.</summary>
    public const int ReadWrite = 0x2;

    private const string LibC = "libc";

    // asm-generic/termbits.h and ioctls.h; x86-64 and aarch64 agree on these.
    private const uint Canonical = 0x2; // ICANON
    private const uint Echo = 0x8;
    private const uint Signals = 0x1; // ISIG
    private const uint ExtendedInput = 0x8000; // IEXTEN
    private const uint StopAndGo = 0x400; // IXON
    private const uint ReturnToNewLine = 0x100; // ICRNL
    private const int QuitCharacter = 1; // VQUIT
    private const int MinimumCount = 6; // VMIN
    private const int MinimumTime = 5; // VTIME
    private const int SuspendCharacter = 10; // VSUSP
    private const int NowChange = 0; // TCSANOW
    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ

    /// <summary>poll.h, POLLIN.</summary>
    private const short Readable = 0x1;

    /// <summary>poll.h, POLLOUT.</summary>
    private const short Writable = 0x4;

    /// <summary>The settings of a terminal.</summary>
    /// <remarks>glibc's struct termios (bits/termios-struct.h) is 60 bytes; musl's is as large.</remarks>
    [StructLayout(LayoutKind.Sequential)]
    public struct Settings
    {
        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Discipline;
        public fixed byte Characters[32];
        public uint InputSpeed;
        public uint OutputSpeed;
        private fixed byte _room[64];

        /// <summary>The same without line editing and echo: each key can be read at once. Ctrl+C is still a signal, Ctrl+Z and Ctrl+\ are none.</summary>
        public readonly Settings ForKeys()
        {
            Settings keys = this;
            keys.Local = (keys.Local & ~(Canonical | Echo | ExtendedInput)) | Signals;
            keys.Input = keys.Input & ~(StopAndGo | ReturnToNewLine);
            keys.Characters[QuitCharacter] = 0;
            keys.Characters[SuspendCharacter] = 0;
            keys.Characters[MinimumCount] = 0;
            keys.Characters[MinimumTime] = 0;
            return keys;
        }

        /// <summary>Whether two are the same.</summary>
        public readonly bool IsSame(in Settings other)
        {
            fixed (Settings* one = &this, two = &other)
            {
                return new ReadOnlySpan<byte>(one, sizeof(Settings)).SequenceEqual(new ReadOnlySpan<byte>(two, sizeof(Settings)));
            }
        }
    }

    /// <summary>The settings of an open terminal; false if it is none.</summary>
    public static bool TryGetSettings(SafeFileHandle terminal, out Settings settings)
    {
        settings = default;
        fixed (Settings* found = &settings)
        {
            return GetAttributes(terminal, found) == 0;
        }
    }

    /// <summary>Changes the settings of a terminal at once.</summary>
    public static bool TrySetSettings(SafeFileHandle terminal, in Settings settings)
    {
        fixed (Settings* wanted = &settings)
        {
            return SetAttributes(terminal, NowChange, wanted) == 0;
        }
    }

    /// <summary>The size in cells; false if it is not known.</summary>
    public static bool TryGetSize(SafeFileHandle terminal, out int width, out int height)
    {
        ushort* size = stackalloc ushort[4];
        bool isKnown = Control(terminal, GetWindowSize, size) == 0 && size[0] > 0 && size[1] > 0;
        (width, height) = isKnown ? (size[1], size[0]) : (0, 0);
        return isKnown;
    }

    /// <summary>What was typed and not read yet. Does not wait.</summary>
    /// <returns>The number of bytes; -1 if the terminal is gone.</returns>
    public static int Read(SafeFileHandle terminal, Span<byte> typed)
    {
        PollEntry entry = new() { Descriptor = (int)terminal.DangerousGetHandle(), Events = Readable };
        if (Poll(&entry, 1, 0) <= 0)
        {
            return 0;
        }

        fixed (byte* destination = typed)
        {
            nint count = Read(terminal, destination, (nuint)typed.Length);
            return count > 0 ? (int)count : (entry.Returned & ~Readable) != 0 ? -1 : 0;
        }
    }

    /// <summary>Writes a text to a terminal that was opened without blocking.</summary>
    /// <param name="patience">How long to wait for a terminal that takes no more, such as one at the end of a slow line.</param>
    /// <returns>False if not all of it was written.</returns>
    public static bool TryWrite(SafeFileHandle terminal, ReadOnlySpan<byte> text, TimeSpan patience)
    {
        const int Interrupted = 4; // EINTR
        const int TryAgain = 11; // EAGAIN
        const int Look = 20;
        long begin = Stopwatch.GetTimestamp();
        while (text.Length > 0)
        {
            nint count;
            fixed (byte* source = text)
            {
                count = Write(terminal, source, (nuint)text.Length);
            }

            int error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if ((count <= 0 && error is not (Interrupted or TryAgain)) || (error == TryAgain && Stopwatch.GetElapsedTime(begin) > patience))
            {
                return false;
            }

            if (error == TryAgain)
            {
                PollEntry entry = new() { Descriptor = (int)terminal.DangerousGetHandle(), Events = Writable };
                _ = Poll(&entry, 1, Look);
            }

            text = text[(int)Math.Max(0, count)..];
        }

        return true;
    }

    [LibraryImport(LibC, EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(SafeFileHandle file, Settings* settings);

    [LibraryImport(LibC, EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(SafeFileHandle file, int when, Settings* settings);

    [LibraryImport(LibC, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport(LibC, EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(LibC, EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte* destination, nuint count);

    [LibraryImport(LibC, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte* source, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
