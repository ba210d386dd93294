using System.Collections.Generic;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>The threads of one process, as a search for deadlocks takes them.</summary>
/// <param name="Threads">The parts of an OS thread are one after the other, the innermost the last.</param>
/// <param name="IsWhole">Whether these are all threads that the process has. Only then can it be said that none of them will act for another process.</param>
internal sealed record ProcessThreads(int ProcessId, string? Name, IReadOnlyList<PyThread> Threads, bool IsWhole);
