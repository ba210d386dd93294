using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>The frames of a thread in the copy.</summary>
/// <param name="Thread">The address of its state.</param>
internal readonly record struct ThreadStack(ulong Thread, PythonStack Stack);
