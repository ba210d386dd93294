namespace PyStack.Engine.Waits.Holders;

/// <summary>A lock of Python that a thread waits for.</summary>
/// <param name="Kind"><see cref="PyWaitKind.Lock"/> or <see cref="PyWaitKind.RLock"/>.</param>
/// <param name="Address">Of the lock object.</param>
/// <param name="Holder">Who has it; null if nothing is known of that.</param>
internal sealed record LockWait(PyWaitKind Kind, ulong Address, LockHolder? Holder);

/// <summary>Who has a lock.</summary>
/// <param name="ThreadId">As the observer counts; null if it cannot be known, or the thread is gone.</param>
/// <param name="IsGone">Whether the holder no longer exists in this process; null if it is not known who it is.</param>
/// <param name="Text">The rest of the line for people, after the lock itself: <c>held by thread 4714 (writer) at store.py:88</c>, or why it cannot be known; escaped.</param>
internal sealed record LockHolder(int? ThreadId, bool? IsGone, string Text);
