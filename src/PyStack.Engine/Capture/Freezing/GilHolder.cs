using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>One GIL of a process, and the thread that alone can run Python under it without leaving a trace.</summary>
/// <param name="Address">Where the GIL is.</param>
/// <param name="Before">What it said before the process was read.</param>
/// <param name="State">The last holder's thread state as it was read then; its frames are not.</param>
/// <param name="ThreadId">The last holder's OS thread as we count threads; 0 if it is not known, or there is none any more.</param>
/// <param name="Count">How often that thread had run by then.</param>
internal sealed record GilHolder(GilAddress Address, GilState Before, RawThread State, int ThreadId, RunCount? Count);
