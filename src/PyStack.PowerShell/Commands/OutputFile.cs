using System;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using PyStack.Engine.Native;

namespace PyStack;

/// <summary>Writes files whole or not at all: aside, under a name of their own, and then renamed. What is under the name is replaced; a link is not followed, so no other file is written.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file; a device or pipe, such as <c>/dev/stdout</c>, is written to as it is.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="bytes">What it will have.</param>
    /// <param name="isForced">Whether a read-only file is replaced.</param>
    /// <param name="isNew">Whether an existing file is an error.</param>
    /// <param name="example">The name of a file, for the advice of an error.</param>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    public static void Write(string path, MemoryStream bytes, bool isForced, bool isNew, string example)
    {
        bytes.Position = 0;
        try
        {
            bool isThere = FileCalls.TryGetStatus(path, out FileCalls.FileStatus status);
            if (isNew && (isThere || FileCalls.IsLink(path)))
            {
                throw Exists(path);
            }

            if (isThere && !status.IsRegularFile)
            {
                using var device = new FileStream(path, FileMode.Open, FileAccess.Write);
                bytes.CopyTo(device);
                return;
            }

            Replace(path, bytes, isThere, isForced, isNew);
        }
        catch (IOException) when (isNew && File.Exists(path))
        {
            throw Exists(path);
        }
        catch (Exception e) when (IsForbidden(e))
        {
            throw new EngineException(
                EngineError.CannotWrite,
                Directory.Exists(path) ? $"{path} is a folder" : $"The file {path} cannot be written: {e.Message.TrimEnd('.')}",
                Directory.Exists(path) ? $"Give the path of a file in it, such as {example}." : "Give a path in a folder of yours, or -Force for a file of yours that is read-only.",
                e);
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException)
        {
            throw new EngineException(EngineError.CannotWrite, $"The file {path} cannot be written: {e.Message.TrimEnd('.')}", "Give the path of a file in a folder that exists, on a disk that has room.", e);
        }
    }

    [SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "The module is for Linux.")]
    private static void Replace(string path, MemoryStream bytes, bool isThere, bool isForced, bool isNew)
    {
        UnixFileMode? mode = null;
        if (isThere)
        {
            mode = File.GetUnixFileMode(path);
            if (isForced && new FileInfo(path) is { IsReadOnly: true } old)
            {
                old.IsReadOnly = false;
            }

            // The folder alone would let a file be replaced that may not be written.
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Write);
        }

        using var file = NewFile.Begin(path, mode is null ? NewFile.Usual : NewFile.OwnerOnly);
        bytes.CopyTo(file.Stream);
        if (mode is UnixFileMode kept)
        {
            File.SetUnixFileMode(file.Stream.SafeFileHandle, kept);
        }

        file.Complete(isNew);
    }

    // EPERM, EACCES and EROFS of asm-generic/errno-base.h.
    private static bool IsForbidden(Exception error) => error is UnauthorizedAccessException || error.InnerException is Win32Exception { NativeErrorCode: 1 or 13 or 30 };

    private static EngineException Exists(string path)
        => new(EngineError.CannotWrite, $"The file {path} exists already", "Leave out -NoClobber to replace it, or give another path.");
}
