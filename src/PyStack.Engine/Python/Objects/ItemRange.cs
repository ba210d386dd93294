namespace PyStack.Engine.Python.Objects;

/// <summary>Items of a list or tuple: pointers to objects, one after the other.</summary>
/// <param name="Address">Of the first pointer.</param>
/// <param name="Count">How many, as the target says: what reads them bounds it.</param>
internal readonly record struct ItemRange(ulong Address, int Count);
