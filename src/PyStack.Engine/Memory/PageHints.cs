using System.Collections.Generic;

namespace PyStack.Engine.Memory;

/// <summary>
/// Which pages of a process the last walk has read: the next one reads mostly the same, and fetches these at once instead of one by one. Only a guess; no page's content is kept.
/// </summary>
internal sealed class PageHints
{
    /// <summary>By ascending address.</summary>
    public List<ulong> Pages { get; } = [];
}
