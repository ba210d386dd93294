namespace PyStack.Engine.Memory;

/// <summary>
/// A copy of a target's memory that fetches what it does not hold yet. In the target's pause a range is only made sure of; it is read when the target runs again.
/// </summary>
internal interface IPrefetchMemory : IMemorySource
{
    /// <summary>Makes sure that a range is in the copy, without looking at it.</summary>
    /// <returns>Whether all of it is.</returns>
    bool Prefetch(ulong address, int length);
}
