using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Concurrency;

/// <summary>Where <see cref="ThreadNames"/> has found the dicts of threads in a CPython last, for the next capture: guesses that are compared first. No address is kept.</summary>
internal sealed class ThreadPlaces
{
    /// <summary>Of <c>threading</c> in <c>sys.modules</c>.</summary>
    public EntryGuess Module;

    /// <summary>Of <c>_active</c> in that module.</summary>
    public EntryGuess Active;

    /// <summary>Of <c>_limbo</c> in that module.</summary>
    public EntryGuess Limbo;

    /// <summary>Begins with another copy of the memory.</summary>
    public void ForgetKeys() => Module.Key = Active.Key = Limbo.Key = 0;
}
