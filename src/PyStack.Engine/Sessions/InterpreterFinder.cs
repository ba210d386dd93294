using System;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>Says whether a process has a Python interpreter, and where. What it learns of a program's file it keeps.</summary>
/// <remarks>
/// Only code counts: a debugger maps the file of another process's interpreter too, but not to run it. A library counts by its exact
/// name, and the program by what is in its file. Only where that cannot be read, or where the program was started through the
/// dynamic loader, the program counts by its name. Where all this leads to nothing, the files of the other code are looked into, each once.
/// </remarks>
internal sealed class InterpreterFinder
{
    private const int MaxMapsBytes = 16 << 20;
    private const int MaxCommandLine = 65_536;
    private const int MaxOthers = 1024;

    /// <summary>Files that are remembered; then it begins anew.</summary>
    private const int MaxKnown = 65_536;

    private readonly MapsScan _scan = new(MaxMapsBytes);
    private readonly Dictionary<(FileKey File, string Path), Verdict> _programs = [];

    // What the scan of the process at hand has found.
    private string _folder = "";
    private string _program = "";
    private bool _isLoader;
    private MappedInterpreter? _library;
    private MappedInterpreter? _named;
    private MemoryRegion? _ownCode;
    private readonly List<MemoryRegion> _others = [];
    private readonly Dictionary<FileKey, bool> _files = [];

    /// <summary>Looks at one process. Returns 0 or an errno: ENOENT for one without a program, such as a kernel thread.</summary>
    /// <param name="accessId">The thread through which the process can be looked at.</param>
    /// <param name="process">The process if it has an interpreter, else null.</param>
    public int Examine(int processId, int accessId, out PythonProcess? process)
    {
        process = null;
        string folder = ProcessFacts.Folder(accessId);
        int error = LinkCalls.Read(folder + "/exe", out string program);
        if (error != 0)
        {
            return error;
        }

        _folder = folder;
        _program = program;
        _isLoader = InterpreterName.IsLoader(FileName(program));
        (_library, _named, _ownCode) = (null, null, null);
        _others.Clear();
        error = _scan.Visit(folder + "/maps", Visit);
        if (error == 0 && (_library ?? FromProgram(folder) ?? _named ?? FromOthers(folder)) is MappedInterpreter interpreter)
        {
            process = new PythonProcess(processId, ProcFile.ReadLine($"/proc/{processId}/comm") ?? "", ReadCommandLine(folder))
            {
                Interpreter = interpreter,
                AccessId = accessId,
                Program = MemoryRegion.WithoutDeletedMark(program),
            };
        }

        return error;
    }

    private bool Visit(ReadOnlySpan<byte> line)
    {
        // start-end rwxp …: all but the few lines of code are passed over without being read.
        int blank = line.IndexOf((byte)' ');
        if (blank < 0 || line.Length < blank + 5 || line[blank + 3] != (byte)'x'
            || line.IndexOf((byte)'/') < 0
            || !MapsParser.TryParseLine(line, "", _folder, out MemoryRegion? region) || !region!.File.IsFile)
        {
            return true;
        }

        string fileName = FileName(region.Path);
        if (InterpreterName.TryParseLibrary(fileName, out InterpreterName name))
        {
            _library = Mapped(region, name, isProgram: false);
            return false;
        }

        if (_ownCode is null && region.Path == MemoryRegion.WithoutDeletedMark(_program))
        {
            _ownCode = region;
        }
        else if (_isLoader && _named is null && InterpreterName.TryParseProgram(fileName, out name))
        {
            _named = Mapped(region, name, isProgram: true);
        }
        else if (_others.Count < MaxOthers)
        {
            _others.Add(region);
        }

        return true;
    }

    private MappedInterpreter? FromProgram(string folder)
    {
        if (_ownCode is not MemoryRegion code)
        {
            return null;
        }

        (FileKey File, string Path) key = (code.File, code.Path);
        if (!_programs.TryGetValue(key, out Verdict verdict))
        {
            verdict = Judge(folder, code);
            Bound(_programs);
            _programs.Add(key, verdict);
        }

        return verdict.HasInterpreter ? Mapped(code, verdict.Name, isProgram: true) : null;
    }

    // A library under a name of its own, one that was loaded from memory, a renamed program behind the dynamic loader. The links of
    // map_files lead to the very files, also of another root; only root may follow them.
    private MappedInterpreter? FromOthers(string folder)
    {
        foreach (MemoryRegion code in _others)
        {
            if (!_files.TryGetValue(code.File, out bool has))
            {
                if (MappedFile.TryOpen(new FilePlace($"{folder}/map_files/{code.Range.Start:x}-{code.Range.End:x}") { Device = code.File.Device }, out MappedFile? file, out _))
                {
                    using (file)
                    {
                        has = InterpreterFile.HasInterpreter(file, Limits.Default, out PyImplementation found) == true && found == PyImplementation.CPython;
                    }
                }

                Bound(_files);
                _files.Add(code.File, has);
            }

            if (has)
            {
                return Mapped(code, new InterpreterName(PyImplementation.CPython, null), isProgram: false);
            }
        }

        return null;
    }

    // The link leads to the very file even if that was deleted, replaced, or lies in another root.
    private static Verdict Judge(string folder, MemoryRegion code)
    {
        bool hasName = InterpreterName.TryParseProgram(FileName(code.Path), out InterpreterName name);
        if (!MappedFile.TryOpen(new FilePlace(folder + "/exe") { Device = code.File.Device }, out MappedFile? file, out _))
        {
            return new(hasName, name);
        }

        using (file)
        {
            bool? has = InterpreterFile.HasInterpreter(file, Limits.Default, out PyImplementation implementation);
            return new(has ?? hasName, has == true ? name with { Implementation = implementation } : name);
        }
    }

    // Whoever makes files for ever costs time and no memory.
    private static void Bound<TKey, TValue>(Dictionary<TKey, TValue> known)
        where TKey : notnull
    {
        if (known.Count >= MaxKnown)
        {
            known.Clear();
        }
    }

    private static MappedInterpreter Mapped(MemoryRegion code, InterpreterName name, bool isProgram)
        => new(name.Implementation, name.Version, code.Path, code.File, code.Range.Start, isProgram);

    private static string ReadCommandLine(string folder)
        => ProcFile.TryRead(folder + "/cmdline", MaxCommandLine, out byte[] raw)
            ? Encoding.UTF8.GetString(raw).TrimEnd('\0').Replace('\0', ' ')
            : "";

    private static string FileName(string path) => MemoryRegion.WithoutDeletedMark(path)[(path.LastIndexOf('/') + 1)..];

    private readonly record struct Verdict(bool HasInterpreter, InterpreterName Name);
}
