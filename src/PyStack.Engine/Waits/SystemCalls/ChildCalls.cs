using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Python.Repr.Secrets;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>wait4(2) and waitid(2): a child, its command line and its state.</summary>
internal sealed class ChildCalls : ISystemCallReader
{
    // linux/wait.h: P_ALL, P_PID, P_PGID, P_PIDFD.
    private const int ByProcess = 1;
    private const int ByGroup = 2;
    private const int ByDescriptor = 3;

    private const int MaxCommandLine = 4096;
    private const int MaxShown = 120;

    public IEnumerable<string> Names => ["wait4", "waitid"];

    public WaitReason Read(SystemCallContext context)
    {
        bool isWait4 = context.Name == "wait4";
        int first = (int)context.Call.First;
        int id = isWait4 ? first : first == ByProcess ? (int)context.Call.Second : 0;
        WaitReason reason = new(PyWaitKind.Process, context.Name, "end of");
        if (!isWait4 && first == ByDescriptor)
        {
            Descriptor descriptor = context.Open(context.Call.Second);
            reason = reason with { Descriptor = null, Resource = descriptor.Link };
            return descriptor.ProcessId > 0 ? OfChild(reason, descriptor.ProcessId) : reason with { Subject = "the child of a pidfd" };
        }

        if (id > 0 && context.Process is not null)
        {
            return context.Children.ToObserver(id) is > 0 and int child ? OfChild(reason, child) : reason with { Subject = string.Create(CultureInfo.InvariantCulture, $"child {id}") };
        }

        if (id > 0 || id < -1 || (!isWait4 && first == ByGroup))
        {
            return reason with { Subject = string.Create(CultureInfo.InvariantCulture, $"{(id > 0 ? "child" : "a child of group")} {(id > 0 ? id : isWait4 ? -(long)id : (int)context.Call.Second)}") };
        }

        IReadOnlyList<int> children = context.Process is null ? [] : context.Children.List();
        return children is [int only] ? OfChild(reason, only)
            : reason with { Subject = children.Count == 0 ? "any child" : string.Create(CultureInfo.InvariantCulture, $"any of {children.Count} children") };
    }

    private static WaitReason OfChild(WaitReason reason, int child)
    {
        string folder = ProcessFacts.Folder(child);
        if (!ProcFile.TryReadStatus(folder, out byte[] status))
        {
            return reason with { Subject = string.Create(CultureInfo.InvariantCulture, $"child {child}"), HolderProcessId = child };
        }

        string arguments = ProcFile.TryRead(folder + "/cmdline", MaxCommandLine, out byte[] bytes) && bytes.Length > 0
            ? SecretText.RedactArguments(Encoding.UTF8.GetString(bytes), isCut: bytes.Length == MaxCommandLine) : "";
        string shown = arguments.Length == 0 ? DescriptorText.Name(child)
            : string.Create(CultureInfo.InvariantCulture, $"{child} ({TerminalText.Escape(arguments.Length > MaxShown ? arguments[..MaxShown] + "..." : arguments)})");
        string state = ProcFile.TryFindField(status, "State"u8, out ReadOnlySpan<byte> found) && found.IndexOf((byte)'(') is >= 0 and int open
            ? Encoding.ASCII.GetString(found[(open + 1)..].TrimEnd((byte)')')) : "";
        return reason with
        {
            Subject = $"child {shown}{(state.Length > 0 ? ", " + state : "")}",
            Resource = arguments.Length == 0 ? null : arguments,
            HolderProcessId = child,
            IsHolderGone = false,
        };
    }
}
