namespace PyStack.Engine.Waits;

/// <summary>
/// Why threads wait. The kernel's reasons are <see cref="KernelWaits"/>; a source that knows more of a thread, such as the lock that a futex belongs to, takes the
/// reason of the source below it and gives a better one.
/// </summary>
internal interface IWaitSource
{
    /// <summary>What a thread waits for; null where it runs, or nothing is known.</summary>
    WaitReason? Find(int threadId);
}
