namespace PyStack.Engine.Capture;

/// <summary>How stacks are taken.</summary>
internal enum CaptureMode
{
    /// <summary>Of a running process, of which as few threads are stopped for a moment as can be.</summary>
    Stopped,

    /// <summary>Of a running process that runs on (<c>-NoBlock</c>).</summary>
    Running,

    /// <summary>Of a core, in which nothing moves.</summary>
    Core,
}
