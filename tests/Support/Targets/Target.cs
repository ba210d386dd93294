using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;

namespace PyStack.TestSupport.Targets;

/// <summary>How a target is started, beside the interpreter and the program.</summary>
public sealed record TargetOptions
{
    public static readonly TargetOptions Default = new();

    /// <summary>Options of the interpreter itself, before the program.</summary>
    public IReadOnlyList<string> InterpreterOptions { get; init; } = [];

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the program is killed in the end, because it does not end by itself when its standard input does.</summary>
    public bool IsKilledAtEnd { get; init; }
}

/// <summary>
/// A process that a test started: its id, what it prints, its end. It is told to end by the end of its standard input, which
/// comes even if the tests themselves are killed; if it does not, it is killed by its id.
/// </summary>
public sealed class Target : IDisposable
{
    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly StringBuilder _errors = new();
    private OracleReport? _oracle;
    private bool _disposed;

    private Target(ProcessStartInfo start)
    {
        _process = Started(start);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        new Thread(ReadOutput) { IsBackground = true, Name = "target output" }.Start();
    }

    public int ProcessId => _process.Id;

    /// <summary>What the target says about itself.</summary>
    public OracleReport Oracle => _oracle ?? throw new InvalidOperationException("The target was started without an oracle.");

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program that reports through <c>oracle.py</c>, and waits until it stands where it shall be.</summary>
    public static Target Start(Interpreter interpreter, string program, TargetOptions? options = null)
    {
        Target target = StartSilent(interpreter, program, options);
        try
        {
            target._oracle = OracleReport.Parse(target.ReadLine());
            HashSet<int> reported = [.. target.Oracle.Threads.Select(thread => thread.ThreadId ?? 0)];
            Wait.Until(
                () => ProcOracle.Threads(target.ProcessId).All(reported.Contains),
                $"the reporter of {program} and its helpers did not end");
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Starts a program that has no oracle, and waits for nothing. An empty program: the options tell what to run.</summary>
    public static Target StartSilent(Interpreter interpreter, string program, TargetOptions? options = null)
    {
        options ??= TargetOptions.Default;
        TestReport.Started(interpreter);
        string[] file = program.Length == 0 ? [] : [interpreter.PathOf(program)];
        Dictionary<string, string> environment = new(options.Environment);
        environment.TryAdd("PYTHONPATH", interpreter.ProgramsAsSeen);
        return StartCommand(
            [.. interpreter.Command, .. options.InterpreterOptions, .. file, .. options.Arguments],
            options with { Environment = environment });
    }

    /// <summary>Starts any command as a target.</summary>
    public static Target StartCommand(IReadOnlyList<string> command, TargetOptions? options = null)
    {
        ProcessStartInfo start = Commands.Quiet(command);
        foreach ((string name, string value) in options?.Environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        start.WorkingDirectory = options?.WorkingDirectory ?? "";
        return new Target(start) { IsKilledAtEnd = options?.IsKilledAtEnd == true };
    }

    /// <summary>The next line that the target prints.</summary>
    /// <exception cref="InvalidOperationException">It printed none, and what it said on standard error.</exception>
    public string ReadLine()
        => _lines.TryTake(out string? line, (int)Wait.Limit.TotalMilliseconds)
            ? line
            : throw new InvalidOperationException($"Process {ProcessId} printed no further line. {Describe()}");

    /// <summary>The next line as a number.</summary>
    public long ReadNumber() => long.Parse(ReadLine(), CultureInfo.InvariantCulture);

    /// <summary>The lines that the target has printed by now and nobody has read.</summary>
    public IReadOnlyList<string> ReadAvailableLines()
    {
        List<string> lines = [];
        while (_lines.TryTake(out string? line))
        {
            lines.Add(line);
        }

        return lines;
    }

    public void WriteLine(string line)
    {
        _process.StandardInput.Write(line + "\n");
        _process.StandardInput.Flush();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Ends the process with SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc cref="TargetOptions.IsKilledAtEnd"/>
    public bool IsKilledAtEnd { get; init; }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public int WaitForExit()
    {
        if (!_process.WaitForExit(Wait.Limit))
        {
            throw new TimeoutException($"Process {ProcessId} does not end. {Describe()}");
        }

        return _process.ExitCode;
    }

    /// <summary>What is known of the process, for the message of a test that fails.</summary>
    public string Describe()
    {
        lock (_errors)
        {
            return $"Exited: {_process.HasExited}. Standard error: {_errors}";
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (IsKilledAtEnd && !_process.HasExited)
        {
            Kill();
        }

        try
        {
            _process.StandardInput.Close();
        }
        catch (System.IO.IOException)
        {
            // The process is gone, and its end of the pipe with it.
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    // A program that a test has just written may be open for writing still, in a child of ours that has not executed its own program yet (fork(2), execve(2): ETXTBSY).
    private static Process Started(ProcessStartInfo start)
    {
        const int ETXTBSY = 26; // asm-generic/errno-base.h
        Process? process = null;
        Wait.Until(
            () =>
            {
                try
                {
                    process = Process.Start(start);
                    return true;
                }
                catch (Win32Exception e) when (e.NativeErrorCode == ETXTBSY)
                {
                    return false;
                }
            },
            $"{start.FileName} is being written");
        return process!;
    }

    private void ReadOutput()
    {
        try
        {
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                _lines.Add(line);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or System.IO.IOException or InvalidOperationException)
        {
            // The test is over.
        }
        finally
        {
            _lines.CompleteAdding();
        }
    }
}
