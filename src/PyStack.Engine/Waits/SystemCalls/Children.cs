using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>The children of a process: each thread has those that it has made (proc_tid_children(5)).</summary>
/// <param name="parent">As the observer counts.</param>
internal sealed class Children(int parent)
{
    private const int MaxBytes = 64 << 10;

    private List<int>? _children;

    /// <summary>As the observer counts.</summary>
    public IReadOnlyList<int> List() => _children ??= Read(parent);

    /// <summary>A child by the id that the parent has for it: in a container it is one of its own namespace.</summary>
    /// <returns>0 if it is not known.</returns>
    public int ToObserver(int id)
    {
        if (ThreadDirectory.SharesNamespace(parent))
        {
            return id;
        }

        foreach (int child in List())
        {
            if (ThreadDirectory.InnerIdOf(child) == id)
            {
                return child;
            }
        }

        return 0;
    }

    private static List<int> Read(int parent)
    {
        List<int> children = [];
        string tasks = ProcessFacts.Folder(parent) + "/task/";
        foreach (int threadId in ThreadDirectory.List(tasks))
        {
            if (!ProcFile.TryRead(tasks + threadId.ToString(CultureInfo.InvariantCulture) + "/children", MaxBytes, out byte[] listed))
            {
                continue;
            }

            for (ReadOnlySpan<byte> rest = listed; Utf8Parser.TryParse(rest, out int child, out int digits); rest = rest[digits..].TrimStart((byte)' '))
            {
                children.Add(child);
            }
        }

        return children;
    }
}
