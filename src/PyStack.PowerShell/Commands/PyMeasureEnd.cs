namespace PyStack;

/// <summary>What ends a measurement.</summary>
public enum PyMeasureEnd
{
    /// <summary>The time is over.</summary>
    Time,

    /// <summary>Ctrl+C.</summary>
    Interrupt,

    /// <summary>All processes have ended.</summary>
    Exit,
}
