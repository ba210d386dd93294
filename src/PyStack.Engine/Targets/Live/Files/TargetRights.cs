using System;
using System.Buffers.Text;
using System.Collections.Generic;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Files;

/// <summary>The rights with which a process opens files (proc_pid_status(5), user_namespaces(7)), as our user namespace numbers its ids.</summary>
internal static class TargetRights
{
    /// <summary>Field 4 of the lines Uid and Gid: the ids that apply to files.</summary>
    private const int FileSystemId = 3;

    /// <summary>Those that it had when these facts were read. Null where that cannot be determined: then nothing may be opened for it.</summary>
    public static FileRights? Read(ProcessFacts process)
    {
        string folder = process.AccessFolder;
        byte[] own = [];
        if (process.AccessId != process.ProcessId && !ProcFile.TryReadStatus(folder, out own))
        {
            return null;
        }

        ReadOnlySpan<byte> status = process.AccessId == process.ProcessId ? process.Status.Span : own;
        if (ReadNumbers(status, "Uid"u8) is not { Count: > FileSystemId } users
            || ReadNumbers(status, "Gid"u8) is not { Count: > FileSystemId } groups
            || ReadNumbers(status, "Groups"u8) is not { } supplementary)
        {
            return null;
        }

        // The capabilities of a process in a user namespace of its own apply to the files of that namespace: for files of ours it has the rights of its user.
        bool isOurNamespace = OwnNamespaces.User is string ours && ProcFile.ReadLink(folder + "/ns/user") == ours;
        supplementary.Sort();
        ulong capabilities = isOurNamespace ? CredentialIds.ReadSet(status, "CapEff"u8) & FileRights.ForFiles : 0;
        return new FileRights(users[FileSystemId], groups[FileSystemId], supplementary, capabilities);
    }

    /// <summary>The numbers of a line; null where there is no such line, or something else in it.</summary>
    internal static List<uint>? ReadNumbers(ReadOnlySpan<byte> status, ReadOnlySpan<byte> key)
    {
        if (!ProcFile.TryFindField(status, key, out ReadOnlySpan<byte> rest))
        {
            return null;
        }

        List<uint> numbers = [];
        for (rest = rest.Trim(" \t"u8); !rest.IsEmpty; rest = rest.TrimStart(" \t"u8))
        {
            if (!Utf8Parser.TryParse(rest, out uint number, out int digits))
            {
                return null;
            }

            numbers.Add(number);
            rest = rest[digits..];
        }

        return numbers;
    }
}
