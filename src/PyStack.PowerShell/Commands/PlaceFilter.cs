using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace PyStack;

/// <summary>Which processes are in the containers and pods that were asked for. As with names, a pattern may match none, and a text without a match is an error.</summary>
internal sealed class PlaceFilter
{
    /// <summary>Shorter texts are not taken for the beginning of an id: many a name has the letters a to f only.</summary>
    private const int LeastOfId = 8;

    private readonly PyStackCmdlet _cmdlet;
    private readonly List<Wanted> _containers;
    private readonly List<Wanted> _pods;
    private readonly bool _takesAll;

    /// <param name="containers">Ids, their beginnings, names and patterns; none for all processes. An invalid pattern is written as an error, and the others are used.</param>
    /// <param name="pods">The same for pods.</param>
    public PlaceFilter(PyStackCmdlet cmdlet, string[] containers, string[] pods)
    {
        _cmdlet = cmdlet;
        _takesAll = containers.Length == 0 && pods.Length == 0;
        _containers = Parse(containers);
        _pods = Parse(pods);
        HasPattern = (_containers.Count > 0 || containers.Length == 0) && (_pods.Count > 0 || pods.Length == 0);
    }

    /// <summary>False if all patterns of a parameter are invalid: then no process has to be looked at.</summary>
    public bool HasPattern { get; }

    public bool IsWanted(PyProcess process)
        => _takesAll
            || (IsOneOf(_containers, process.ContainerName, null, process.Container)
                && IsOneOf(_pods, process.Pod, process.Namespace is null ? null : $"{process.Namespace}/{process.Pod}", process.PodId));

    /// <summary>Writes the errors of those that no process was in.</summary>
    /// <param name="refused">How many processes may not be read: they may be in any of them.</param>
    public void Conclude(int refused)
    {
        Conclude(_containers, "container", "Container", refused);
        Conclude(_pods, "pod", "Namespace, Pod, PodId", refused);
    }

    // All are asked: each has to know whether it has a match.
    private static bool IsOneOf(List<Wanted> wanted, string? name, string? longName, string? id)
    {
        bool isWanted = wanted.Count == 0;
        foreach (Wanted one in wanted)
        {
            if (one.Fits(name) || one.Fits(longName) || one.Fits(id) || one.Begins(id))
            {
                one.HasMatch = true;
                isWanted = true;
            }
        }

        return isWanted;
    }

    private List<Wanted> Parse(string[] texts)
    {
        List<Wanted> wanted = new(texts.Length);
        foreach (string text in texts)
        {
            // As kubectl shows ids: containerd://ID.
            string plain = text[(text.IndexOf("://", StringComparison.Ordinal) is int at and >= 0 ? at + 3 : 0)..];
            if (_cmdlet.TryRun(text, () => Wildcards.Parse(plain), out WildcardPattern? pattern))
            {
                wanted.Add(new Wanted(text, plain, pattern!));
            }
        }

        return wanted;
    }

    private void Conclude(List<Wanted> wanted, string kind, string properties, int refused)
    {
        foreach (Wanted one in wanted)
        {
            if (!one.HasMatch && !WildcardPattern.ContainsWildcardCharacters(one.Text))
            {
                _cmdlet.WriteError(ErrorRecords.From(ErrorRecords.NoSuchPlace(kind, one.Text, properties, LeastOfId, refused), one.Text));
            }
        }
    }

    private sealed class Wanted(string text, string plain, WildcardPattern pattern)
    {
        public string Text => text;

        public bool HasMatch { get; set; }

        public bool Fits(string? value) => value is not null && pattern.IsMatch(value);

        public bool Begins(string? id)
            => plain.Length >= LeastOfId && id is not null && id.Length >= ContainerLabel.IdLength && id.StartsWith(plain, StringComparison.OrdinalIgnoreCase);
    }
}
