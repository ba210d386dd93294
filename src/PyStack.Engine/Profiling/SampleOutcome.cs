namespace PyStack.Engine.Profiling;

/// <summary>What became of an attempt to read a stack.</summary>
internal enum SampleOutcome
{
    /// <summary>The frames are in <see cref="ThreadSampler.Frames"/>.</summary>
    Read,

    /// <summary>The thread has no Python frame.</summary>
    Empty,

    /// <summary>The stack changed while it was read.</summary>
    Torn,

    /// <summary>The thread state is no longer there.</summary>
    Gone,
}
