using PyStack.Engine.Dwarf.CallFrames;

namespace PyStack.Engine.Unwinding;

/// <summary>The call frame information of one binary.</summary>
internal interface IUnwindRules
{
    /// <summary>Finds the row of rules that holds at an address.</summary>
    /// <param name="linkedAddress">As the binary was linked, already minus one for a return address.</param>
    /// <param name="row">The rules: how to compute the CFA and where the registers of the caller are.</param>
    bool TryFindRow(ulong linkedAddress, CallFrameRow row);
}
