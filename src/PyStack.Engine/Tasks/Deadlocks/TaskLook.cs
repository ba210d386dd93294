using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Deadlocks;

/// <summary>The tasks of one capture, as they were read and as public objects; both have the same tasks, in another order.</summary>
internal sealed record TaskLook(IReadOnlyList<CapturedTask> Captured, IReadOnlyList<PyTask> Tasks);
