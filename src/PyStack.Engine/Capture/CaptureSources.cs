using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Capture;

/// <summary>Chooses the source for a target. A new kind of target is one line here.</summary>
internal static class CaptureSources
{
    public static ICaptureSource Of(ITarget target, IReadOnlyList<PythonRuntime> runtimes, StackOptions options, IEngineLog log) => target switch
    {
        LiveProcess process when runtimes.Count == 0 => new NativeOnlyCapture(process, options),
        LiveProcess process when options.NoBlock => new RunningCapture(process, runtimes, options, log),
        LiveProcess process => new StoppedCapture(process, runtimes, options, log),
        CoreProcess or { FrozenAt: not null } => new CoreCapture(target, runtimes, options),
        _ => throw new ArgumentException("no source of captures", nameof(target)),
    };
}
