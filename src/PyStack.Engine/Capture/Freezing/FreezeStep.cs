namespace PyStack.Engine.Capture.Freezing;

/// <summary>The steps of <see cref="FreezeCapture"/>, in their order. A test holds the observer up after each.</summary>
internal enum FreezeStep
{
    /// <summary>What each GIL says and how often its last holder has run were read.</summary>
    GilRead,

    /// <summary>The whole process was read while it ran.</summary>
    ProcessRead,

    /// <summary>What each GIL says was read again.</summary>
    GilReadAgain,

    /// <summary>The pages of the last holders' thread states are known, and room was made for them.</summary>
    Rehearsed,

    /// <summary>The last holders are stopped, and the GILs are unchanged.</summary>
    Frozen,

    /// <summary>What they can have changed was copied.</summary>
    Copied,

    /// <summary>The GILs were read for the last time; the holders are still stopped.</summary>
    GilReadInFreeze,

    /// <summary>The holders run again.</summary>
    LetGo,
}

/// <summary>How much is copied while the holders of the GILs are stopped.</summary>
internal enum FreezeKind
{
    /// <summary>Nothing is stopped: the last holders have ended.</summary>
    Nothing,

    /// <summary>Only what the holders can have changed: no one else has run Python since the process was read.</summary>
    HoldersOnly,

    /// <summary>What the holders and the few threads that have run since can have changed: all others have slept.</summary>
    Moved,

    /// <summary>All of it: many others have run Python since.</summary>
    Everything,
}
