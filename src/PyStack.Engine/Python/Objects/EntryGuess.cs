namespace PyStack.Engine.Python.Objects;

/// <summary>Where a dict, or an instance of a class, is likely to have a name: where it was found last. Only a guess, which is compared first.</summary>
/// <param name="Place">The index of the entry (<see cref="DictEntries.Place"/>).</param>
/// <param name="Key">The object that was compared with the name; 0 if none was in this copy of the memory.</param>
internal record struct EntryGuess(long Place, ulong Key = 0);
