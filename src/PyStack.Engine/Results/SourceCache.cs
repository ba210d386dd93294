using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Results;

/// <summary>
/// The source files of one process that were read last. Each is asked for again by every capture, and taken from here if nothing was written to it since and the process has
/// the same rights (<see cref="SourceFile.TryRead"/>): what is saved is reading it and finding its lines.
/// </summary>
internal sealed class SourceCache
{
    /// <summary>About what a file takes beside its content: the places of its lines, and the lines that were shown.</summary>
    private const int Overhead = 3;

    private readonly Dictionary<string, (SourceFile File, SourceText Text)> _files = new(StringComparer.Ordinal);
    private readonly long _limit;

    public SourceCache()
        : this(Limits.Default.CachedSourceBytes)
    {
    }

    /// <param name="limit">Bytes to be kept.</param>
    public SourceCache(long limit) => _limit = limit;

    /// <summary>Bytes that it takes, about.</summary>
    public long Size { get; private set; }

    public SourceFile? FileOf(string path) => _files.TryGetValue(path, out (SourceFile File, SourceText Text) known) ? known.File : null;

    /// <summary>The lines of a file that was read, or of the known one if it is that.</summary>
    public SourceText TextOf(string path, SourceFile file, Limits limits)
    {
        if (_files.TryGetValue(path, out (SourceFile File, SourceText Text) known) && ReferenceEquals(known.File, file))
        {
            return known.Text;
        }

        SourceText text = SourceText.Of(file, limits);
        Remove(path);
        long size = (long)file.Content.Length * Overhead;
        if (file.State is not null && size <= _limit)
        {
            if (Size + size > _limit)
            {
                _files.Clear();
                Size = 0;
            }

            _files.Add(path, (file, text));
            Size += size;
        }

        return text;
    }

    private void Remove(string path)
    {
        if (_files.Remove(path, out (SourceFile File, SourceText Text) known))
        {
            Size -= (long)known.File.Content.Length * Overhead;
        }
    }
}
