namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>One row of the call frame table (DWARF 5, 6.4.1).</summary>
internal sealed class CallFrameRow
{
}
