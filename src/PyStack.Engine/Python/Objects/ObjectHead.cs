namespace PyStack.Engine.Python.Objects;

/// <summary>What an object begins with, after its reference count.</summary>
/// <param name="Type">Address of its type.</param>
/// <param name="Size">The next word: the size of most objects that have one, and the value of small ones.</param>
internal readonly record struct ObjectHead(ulong Type, ulong Size);

/// <summary>The fields of a range: start, stop and step as objects; in 2.7 start, step and length as numbers.</summary>
internal readonly record struct RangeFields(ulong First, ulong Second, ulong Third);
