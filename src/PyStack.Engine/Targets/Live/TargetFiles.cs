using System;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Live;

/// <summary>Opens a process's files through the process's own root, which may be another than ours.</summary>
internal sealed class TargetFiles(ProcessFacts facts) : IDisposable
{
    /// <summary>Start times are exact to a tick of 10 ms, and so are file times on many file systems.</summary>
    private static readonly TimeSpan ClockGrain = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = facts.AccessFolder;
    private readonly DateTime _startedAt = Clocks.FromStartTicks(facts.StartTicks);
    private SafeFileHandle? _root;
    private string? _workingFolder;

    /// <summary>Opens the file that a module was mapped from: by its path, if that is still the same file, else by its mapping.</summary>
    public bool TryOpenModule(Module module, IMemorySource memory, out MappedFile file)
    {
        SafeFileHandle handle = Open(module.Path);
        if (TryMap(handle, module, memory, out file))
        {
            return true;
        }

        // Needs more rights than the path (CAP_CHECKPOINT_RESTORE), but works for deleted and replaced files as well.
        string mapping = $"{_folder}/map_files/{module.Regions[0].Range.Start:x}-{module.Regions[0].Range.End:x}";
        if (MappedFile.TryOpen(mapping, out MappedFile? mapped, out _))
        {
            file = mapped;
            return true;
        }

        return false;
    }

    /// <summary>Opens and maps a regular file by the name that the process would use.</summary>
    public bool TryOpenFile(string path, out MappedFile file)
    {
        file = null!;
        SafeFileHandle handle = Open(path);
        if (!handle.IsInvalid && MappedFile.TryMap(handle, out MappedFile? mapped, out _))
        {
            file = mapped;
            return true;
        }

        handle.Dispose();
        return false;
    }

    /// <summary>Opens a regular file by the name that the process would use; a relative one from its working folder.</summary>
    public bool TryOpenSource(string path, out SourceFile source)
        => SourceFile.TryTake(Open(path), _startedAt + ClockGrain, out source);

    public void Dispose() => _root?.Dispose();

    private SafeFileHandle Open(string path)
    {
        _root ??= OpenInRoot.OpenFolder(_folder + "/root");
        if (!path.StartsWith('/'))
        {
            _workingFolder ??= ProcFile.ReadLink(_folder + "/cwd") ?? "";
            path = _workingFolder + "/" + path;
        }

        return OpenInRoot.OpenRegular(_root, path);
    }

    private static bool TryMap(SafeFileHandle handle, Module module, IMemorySource memory, out MappedFile file)
    {
        file = null!;
        if (handle.IsInvalid || !MappedFile.TryMap(handle, out MappedFile? mapped, out _))
        {
            handle.Dispose();
            return false;
        }

        if (!IsSame(mapped, module, memory))
        {
            mapped.Dispose();
            return false;
        }

        file = mapped;
        return true;
    }

    // The build-id decides where both have one: an overlay file system shows other inodes in the maps than in stat.
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
        return !module.IsDeleted
            && module.File == new FileKey(identity.DeviceMajor, identity.DeviceMinor, identity.Inode);
    }
}
