using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>Finds who has called the innermost function of a thread that was not stopped, where its return address is in a register that such a thread does not show. One for each unwinder.</summary>
internal interface ILeafCallers
{
    /// <summary>Finds the return address of a function without a frame.</summary>
    /// <param name="module">The module of that function.</param>
    /// <param name="row">The rules at its instruction.</param>
    /// <param name="registers">What is known of the thread's registers.</param>
    /// <param name="returnAddress">The only one that the code and the stack allow.</param>
    /// <returns>False where there is none or more than one.</returns>
    bool TryFind(CodeModule module, CallFrameRow row, IMemorySource memory, in RegisterSet registers, out ulong returnAddress);

    /// <summary>Forgets what is known of code.</summary>
    void Clear();
}
