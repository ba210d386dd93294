namespace PyStack.Engine.Python.Repr;

/// <summary>When values are prefetched into the copy that their text is written from afterwards.</summary>
internal enum ValuePass
{
    /// <summary>While the target runs on.</summary>
    Rehearse,

    /// <summary>What is new since the rehearsal: inside the target's pause.</summary>
    Prefetch,
}
