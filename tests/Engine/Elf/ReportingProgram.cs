using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;

namespace PyStack.Engine.Tests.Elf;

/// <summary>
/// A running program that has written lines of a name and an address, then a dot, and waits until it is ended: the one who knows best
/// where things are in its memory.
/// </summary>
internal sealed class ReportingProgram : IDisposable
{
    private readonly Process _process;

    public ReportingProgram(string path, IEnumerable<string> arguments)
    {
        _process = Process.Start(
            new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        while (_process.StandardOutput.ReadLine() is { } line && line != ".")
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            Reported.Add(line[..space], ulong.Parse(line.AsSpan(space + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
    }

    public int Id => _process.Id;

    /// <summary>What the program has written: names and addresses, 0 for what it does not have.</summary>
    public Dictionary<string, ulong> Reported { get; } = [];

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
