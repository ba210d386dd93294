using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks;

/// <summary>Coroutines in objects that were written in Python: in debug mode 3.6 wraps all that are awaited, and 3.6 to 3.9 those of <c>@asyncio.coroutine</c>.</summary>
internal sealed class WrappedCoroutines(PythonReader python)
{
    /// <summary>The generator or coroutine inside; 0 if the object is no such wrapper.</summary>
    public ulong Unwrap(ulong address) => python.Values.IsInstance(address, "asyncio.coroutines.CoroWrapper") ? python.Values.Get(address, "gen"u8) : 0;
}
