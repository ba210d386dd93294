using System;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Files;

/// <summary>
/// Opens a process's files: through its own root, which may be another than ours, and with its own rights. A name leads only to files that the process itself could read.
/// </summary>
internal sealed class TargetFiles(ProcessFacts facts) : IDisposable
{
    /// <summary>Start times are exact to a tick of 10 ms, and so are file times on many file systems.</summary>
    private static readonly TimeSpan ClockGrain = TimeSpan.FromMilliseconds(20);

    /// <summary>A process can give up rights at any time; they are asked for again when they are as old as this, in ms.</summary>
    private const long RightsAge = 50;

    /// <summary>Two captures within this time show the same source, whoever edits it meanwhile.</summary>
    private static readonly TimeSpan SourcesStayFresh = TimeSpan.FromSeconds(1);

    private readonly string _folder = facts.AccessFolder;
    private readonly DateTime _startedAt = Clocks.FromStartTicks(facts.StartTicks);
    private SafeFileHandle? _root;
    private string? _workingFolder;

    // Those at the time when the process was opened, before its frames were read. Later rights do not prove which program has named a file: a process that starts a
    // set-user-id program (exec) has that program's rights under the same id.
    private readonly FileRights? _first = TargetRights.Read(facts);
    private FileRights? _rights;
    private long _rightsReadAt;

    /// <summary>Opens the file that a module was mapped from: by its path, if that is still the same file, else by its mapping.</summary>
    public bool TryOpenModule(Module module, IMemorySource memory, out MappedFile file)
    {
        string device = module.File.Device;
        foreach (string path in module.IsDeleted ? (string[])[module.Path, module.Path + MemoryRegion.DeletedMark] : [module.Path])
        {
            if (TryPlace(path, out FilePlace place, out _) && MappedFile.TryOpen(place with { Device = device }, out MappedFile? byPath, out _))
            {
                if (IsSame(byPath, module, memory))
                {
                    file = byPath;
                    return IsWhole(byPath, module);
                }

                byPath.Dispose();
            }
        }

        // Exactly this file, also if it was deleted or replaced, or may be executed but not read: the process has it mapped. With our own rights, since it takes
        // CAP_CHECKPOINT_RESTORE to follow such a link (proc_pid_map_files(5)).
        string mapping = $"{_folder}/map_files/{module.FirstOfFile.Range.Start:x}-{module.FirstOfFile.Range.End:x}";
        bool isOpen = MappedFile.TryOpen(new FilePlace(mapping) { Name = module.Path, Device = device }, out MappedFile? mapped, out _);
        file = mapped!;
        return isOpen && IsWhole(file, module);
    }

    /// <summary>Opens a regular file by the name that the process would use.</summary>
    public bool TryOpenFile(string path, out MappedFile file)
    {
        MappedFile? opened = null;
        bool isOpen = TryPlace(path, out FilePlace place, out _) && MappedFile.TryOpen(place, out opened, out _);
        file = opened!;
        return isOpen;
    }

    /// <summary>Reads a regular file by the name that the process would use; a relative one from its working folder.</summary>
    public bool TryReadSource(string path, long mostBytes, SourceFile? known, out SourceFile source, out string problem)
    {
        source = null!;
        return TryPlace(path, out FilePlace place, out problem)
            && SourceFile.TryRead(place, mostBytes, _startedAt + ClockGrain, known, out source, out problem, SourcesStayFresh);
    }

    public void Dispose() => _root?.Dispose();

    private bool TryPlace(string path, out FilePlace place, out string problem)
    {
        place = null!;
        problem = "is not opened: the process has ended, or has changed its rights or its program since it was opened";
        _root ??= OpenInRoot.OpenFolder(_folder + "/root");
        if (_root.IsInvalid || Rights() is not FileRights rights)
        {
            return false;
        }

        string name = path;
        if (!path.StartsWith('/'))
        {
            _workingFolder ??= WorkingFolder();
            path = _workingFolder + "/" + path;
        }

        place = new FilePlace(path) { Name = name, Root = _root, Rights = rights };
        problem = "";
        return true;
    }

    // Both links are distinguished from our root: of a process that has changed its own (chroot(2)) the folder is below that.
    private string WorkingFolder()
    {
        string folder = ProcFile.ReadLink(_folder + "/cwd") ?? "";
        string root = ProcFile.ReadLink(_folder + "/root") ?? "/";
        return root == "/" ? folder
            : folder == root || folder.StartsWith(root + "/", StringComparison.Ordinal) ? folder[root.Length..]
            : "";
    }

    private FileRights? Rights()
    {
        long now = Environment.TickCount64;
        if (_rights is null || now - _rightsReadAt > RightsAge)
        {
            FileRights? rights = facts.TryReadAgain(out ProcessFacts current) ? TargetRights.Read(current) : null;
            _rights = rights is not null && rights.Equals(_first) && !facts.HasOtherProgram(current) ? rights : null;
            _rightsReadAt = now;
        }

        return _rights;
    }

    // A file that is being written to may have lost its end for the moment, which is where its section headers and symbols are: they must then not be treated as missing.
    private static bool IsWhole(MappedFile file, Module module)
    {
        if (!ElfHeader.TryRead(file, 0, out ElfHeader header, out _)
            || header.SectionsOffset == 0
            || header.SectionsOffset + ((ulong)header.SectionCount * SectionHeader.Length) <= file.Length)
        {
            return true;
        }

        FileBudget.Current.Note(new FileTrouble(module.Path, "is truncated: its section headers are missing", IsUnanswered: false));
        file.Dispose();
        return false;
    }

    // The build-id decides if both have one: an overlay file system shows other inodes in the maps than in stat.
    private static bool IsSame(MappedFile file, Module module, IMemorySource memory)
    {
        if (ElfImage.TryFromFile(file, Limits.Default, out ElfImage? onDisk, out _)
            && ElfImage.TryFromMemory(memory, module.BaseAddress, Limits.Default, out ElfImage? inMemory, out _)
            && onDisk.TryGetBuildId(out string? diskId)
            && inMemory.TryGetBuildId(out string? memoryId))
        {
            return diskId == memoryId;
        }

        FileIdentity identity = file.Identity;
        return module.File == new FileKey(identity.DeviceMajor, identity.DeviceMinor, identity.Inode);
    }
}
