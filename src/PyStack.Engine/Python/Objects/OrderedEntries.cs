namespace PyStack.Engine.Python.Objects;

/// <summary>How far a walk over an OrderedDict's links has come.</summary>
internal ref struct OrderedEntries(DictEntries table, ulong link, ulong root)
{
    /// <summary>The entries, which have the values.</summary>
    public DictEntries Table = table;

    /// <summary>The link that comes next.</summary>
    public ulong Link = link;

    /// <summary>Whether there is none: 2.7's links form a ring with a root that is no entry.</summary>
    public readonly bool IsAtEnd => Link == root;
}
