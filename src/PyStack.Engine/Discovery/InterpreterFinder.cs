using System;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery;

/// <summary>Finds out whether a process has a Python interpreter, and where. Results for a program's file are cached.</summary>
/// <remarks>
/// Only executable mappings are used: a debugger also maps the file of another process's interpreter, but not to run it. A library is recognized by its exact
/// name, and the program by the content of its file. Only if that cannot be read, or if the program was started through the
/// dynamic loader, the program is recognized by its name. If none of this succeeds, the files of the other code are searched, each once, and last
/// those whose code may have been replaced by a copy without a name (<see cref="ModuleFinder"/>): they are the mappings after such code, and are used if all of their
/// image is in memory as a loader puts it.
/// </remarks>
internal sealed class InterpreterFinder
{
    private const int MaxMapsBytes = 16 << 20;
    private const int MaxCommandLine = 65_536;
    private const int MaxOthers = 1024;

    /// <summary>Anonymous code is nearly always the JIT's, and there is much of it: only the few lines after it are read.</summary>
    private const int MaxLinesAfterCopy = 3;
    private const int MaxCopies = 64;

    /// <summary>Files that are remembered; then it begins again.</summary>
    private const int MaxKnown = 65_536;

    private readonly MapsScan _scan = new(MaxMapsBytes);
    private readonly Dictionary<(FileKey File, string Path), Verdict> _programs = [];

    // What the scan of the process at hand has found.
    private string _folder = "";
    private string _program = "";
    private bool _isLoader;
    private bool _mapsCodeAsData;
    private MappedInterpreter? _library;
    private bool _hasSecondLibrary;
    private bool _isReplaced;
    private MappedInterpreter? _named;
    private MemoryRegion? _ownCode;
    private readonly List<MemoryRegion> _others = [];
    private readonly List<MemoryRegion> _afterCopies = [];
    private int _linesAfterCopy;
    private readonly Dictionary<FileKey, bool> _files = [];

    /// <summary>Examines one process. Returns 0 or an errno: ENOENT for one without a program, such as a kernel thread.</summary>
    /// <param name="accessId">The thread through which the process can be examined.</param>
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
        Emulator? emulator = Emulator.TryParse(MemoryRegion.WithoutDeletedMark(program));
        _isLoader = emulator is not null || InterpreterName.IsLoader(FileName(program));
        _mapsCodeAsData = emulator is { MapsCodeAsData: true };
        (_library, _named, _ownCode) = (null, null, null);
        _hasSecondLibrary = false;
        _isReplaced = ReplacedFile.IsProgram(program);
        _others.Clear();
        _afterCopies.Clear();
        _linesAfterCopy = 0;
        error = _scan.Visit(folder + "/maps", Visit);
        if (error == 0 && (_library ?? FromProgram(folder) ?? _named ?? FromOthers(folder) ?? FromCopies(folder, accessId)) is MappedInterpreter interpreter)
        {
            process = new PythonProcess(processId, ProcFile.ReadLine($"/proc/{processId}/comm") ?? "", ReadCommandLine(folder))
            {
                Interpreter = interpreter,
                MayHaveSeveral = interpreter.Implementation == PyImplementation.CPython && MayHaveSeveral(folder, interpreter.Address),
                AccessId = accessId,
                IsReplaced = _isReplaced,
                Program = MemoryRegion.WithoutDeletedMark(program),
            };
        }

        return error;
    }

    private bool Visit(ReadOnlySpan<byte> line)
    {
        // start-end rwxp …: all but the few lines of code, and those right after code without a name, are skipped without being parsed.
        int blank = line.IndexOf((byte)' ');
        bool isCode = blank >= 0 && line.Length >= blank + 5 && line[blank + 3] == (byte)'x';
        if (!isCode && _linesAfterCopy == 0 && !_mapsCodeAsData)
        {
            return true;
        }

        if (line.IndexOf((byte)'/') < 0 || !MapsParser.TryParseLine(line, "", _folder, out MemoryRegion? region) || !region!.File.IsFile)
        {
            _linesAfterCopy = isCode ? MaxLinesAfterCopy : _linesAfterCopy - 1;
            return true;
        }

        if (_linesAfterCopy > 0 && _afterCopies.Count < MaxCopies)
        {
            _afterCopies.Add(region);
        }

        // An anonymous file can be the copy itself.
        _linesAfterCopy = !region.IsDeleted ? 0 : isCode ? MaxLinesAfterCopy : Math.Max(_linesAfterCopy - 1, 0);
        if (!isCode && !(_mapsCodeAsData && region.FileOffset == 0))
        {
            return true;
        }

        _isReplaced |= ReplacedFile.IsLibrary(region);
        string fileName = FileName(region.Path);
        if (InterpreterName.TryParseLibrary(fileName, out InterpreterName name))
        {
            _hasSecondLibrary |= _library is not null;
            _library ??= Mapped(region, name, isProgram: false);
            return true;
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

    // A second libpython, a program with its own interpreter in addition to one, or an interpreter under another name.
    private bool MayHaveSeveral(string folder, ulong first)
        => _hasSecondLibrary
            || (_library is not null && FromProgram(folder) is not null)
            || FromOthers(folder, RuntimeCandidates.LeastCode, first) is not null;

    private MappedInterpreter? FromProgram(string folder)
    {
        if (_ownCode is not MemoryRegion code)
        {
            return null;
        }

        (FileKey File, string Path) key = (code.File, code.Path);
        if (!_programs.TryGetValue(key, out Verdict verdict))
        {
            int unanswered = Unanswered();
            verdict = Judge(folder, code);
            if (Unanswered() == unanswered)
            {
                Bound(_programs);
                _programs.Add(key, verdict);
            }
        }

        return verdict.HasInterpreter ? Mapped(code, verdict.Name, isProgram: true) : null;
    }

    // The maps have been read line by line; only here the modules are built.
    private MappedInterpreter? FromCopies(string folder, int accessId)
    {
        List<Module>? modules = null;
        foreach (MemoryRegion region in _afterCopies)
        {
            bool isProgram = region.Path == MemoryRegion.WithoutDeletedMark(_program);
            bool isLibrary = InterpreterName.TryParseLibrary(FileName(region.Path), out InterpreterName name);
            if (!isLibrary && !(isProgram ? Judge(folder, region).HasInterpreter : HasInterpreter(folder, region)))
            {
                continue;
            }

            modules ??= ProcFile.TryRead(folder + "/maps", MaxMapsBytes, out byte[] maps) ? Module.FindAll(new MemoryMap(MapsParser.Parse(maps))) : [];
            if (modules.Find(module => module.File == region.File && IsLoaded(module, accessId)) is Module loaded)
            {
                if (!isLibrary && !InterpreterName.TryParseProgram(FileName(region.Path), out name))
                {
                    name = new InterpreterName(PyImplementation.CPython, null);
                }

                return Mapped(loaded.FirstOfFile, name, isProgram);
            }
        }

        return null;
    }

    // All of its code is executable, and its data is private. A file that is mapped to be examined has neither.
    private static bool IsLoaded(Module module, int accessId)
    {
        if (!module.HasCode || !module.HasOwnData)
        {
            return false;
        }

        ProcessMemorySource memory = new(accessId);
        if (!ElfImage.TryFromMemory(memory, module.BaseAddress, Limits.Default, out ElfImage? image, out _))
        {
            // If the memory may not be read, only the maps are used.
            return memory.LastError is Errno.EPERM or Errno.ENOSYS;
        }

        foreach (ProgramHeader segment in image.Segments)
        {
            ulong start = unchecked(segment.Address + image.LoadBias);
            if (segment.IsLoaded && (segment.Flags & SegmentAccess.Execute) != 0 && !IsCode(module, start))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsCode(Module module, ulong address)
    {
        foreach (MemoryRegion region in module.Regions)
        {
            if (region.Range.Contains(address))
            {
                return (region.Access & RegionAccess.Execute) != 0;
            }
        }

        return false;
    }

    // A library under a name of its own, one that was loaded from memory, a renamed program after the dynamic loader. The links of
    // map_files lead to exactly these files, also in another root; only root may follow them.
    private MappedInterpreter? FromOthers(string folder, ulong leastCode = 0, ulong except = 0)
    {
        foreach (MemoryRegion code in _others)
        {
            if (code.Range.Length < leastCode || code.Range.Start == except)
            {
                continue;
            }

            if (HasInterpreter(folder, code))
            {
                return Mapped(code, new InterpreterName(PyImplementation.CPython, null), isProgram: false);
            }
        }

        return null;
    }

    private bool HasInterpreter(string folder, MemoryRegion region)
    {
        if (!_files.TryGetValue(region.File, out bool has))
        {
            int unanswered = Unanswered();
            if (MappedFile.TryOpen(new FilePlace($"{folder}/map_files/{region.Range.Start:x}-{region.Range.End:x}") { Device = region.File.Device }, out MappedFile? file, out _))
            {
                using (file)
                {
                    has = InterpreterFile.HasInterpreter(file, Limits.Default, out PyImplementation found) == true && found == PyImplementation.CPython;
                }
            }

            if (Unanswered() == unanswered)
            {
                Bound(_files);
                _files.Add(region.File, has);
            }
        }

        return has;
    }

    // The result of a file that does not answer is not cached: the next process with it must not be reported as one without Python.
    private static int Unanswered()
    {
        int count = 0;
        foreach (FileTrouble trouble in FileBudget.Current.Troubles)
        {
            count += trouble.IsUnanswered ? 1 : 0;
        }

        return count;
    }

    // The link leads to exactly this file even if it was deleted, replaced, or is in another root.
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

    // A process that creates files endlessly costs time and no memory.
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
            ? Encoding.UTF8.GetString(raw)
            : "";

    private static string FileName(string path) => MemoryRegion.WithoutDeletedMark(path)[(path.LastIndexOf('/') + 1)..];

    private readonly record struct Verdict(bool HasInterpreter, InterpreterName Name);
}
