namespace PyStack.Engine.Python.Repr;

/// <summary>What values are read for.</summary>
internal enum ValuePass
{
    /// <summary>To have them in the copy, while the target runs on.</summary>
    Rehearse,

    /// <summary>To have in the copy what is new since the rehearsal: inside of the target's pause.</summary>
    Prefetch,

    /// <summary>To write their text, from the copy.</summary>
    Render,
}
