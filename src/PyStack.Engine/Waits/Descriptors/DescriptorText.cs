using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>A descriptor in words, with what is at its other end.</summary>
/// <param name="ends">Null of a core.</param>
/// <param name="ownId">The target's process id.</param>
internal sealed class DescriptorText(OtherEnds? ends, int ownId)
{
    private const int MostProcesses = 3;

    /// <summary>A descriptor as the description has it, escaped.</summary>
    /// <param name="isShort">In a list of several: with its number, and without the words around it.</param>
    public string Of(Descriptor descriptor, bool isShort)
    {
        StringBuilder text = new();
        if (isShort || descriptor.Link is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(isShort ? "" : "descriptor ")}{descriptor.Number}");
        }

        if (descriptor.Link is not null)
        {
            text.Append(isShort ? " (" : "");
            AppendKind(text, descriptor);
            AppendProcesses(text, descriptor);
            text.Append(isShort ? ")" : "");
        }

        return text.ToString();
    }

    /// <summary>A descriptor as the objects have it: <c>/tmp/x</c>, <c>127.0.0.1:41872 -> 127.0.0.1:5432</c>, <c>pipe:[4711]</c>.</summary>
    public string? ResourceOf(Descriptor descriptor)
        => ends?.SocketOf(descriptor) is SocketEnds socket && Join(socket, text => text) is { Length: > 0 } names ? names : descriptor.Link;

    /// <summary>The process at the other end, if it is one alone.</summary>
    public int? HolderOf(Descriptor descriptor)
        => descriptor.ProcessId > 0 ? descriptor.ProcessId : ends?.ProcessesAt(descriptor) is [int one] && (one != ownId || ends.IsComplete || descriptor.Kind == DescriptorKind.Socket) ? one : null;

    private void AppendKind(StringBuilder text, Descriptor descriptor)
    {
        string? detail = descriptor.Detail;
        switch (descriptor.Kind)
        {
            case DescriptorKind.Socket when ends?.SocketOf(descriptor) is SocketEnds socket:
                string names = Join(socket, TerminalText.Escape);
                text.Append(names.Length > 0 ? names + " (" : "").Append(socket.Protocol).Append(names.Length > 0 ? "" : " socket");
                text.Append(socket.State is null ? "" : names.Length > 0 ? ", " + socket.State : $" ({socket.State})").Append(names.Length > 0 ? ")" : "");
                return;
            case DescriptorKind.Socket:
                text.Append("socket");
                break;
            case DescriptorKind.Pipe:
                text.Append("pipe");
                break;
            case DescriptorKind.Fifo:
                TerminalText.AppendEscaped(text.Append("FIFO "), descriptor.Link);
                break;
            case DescriptorKind.Terminal:
                TerminalText.AppendEscaped(text.Append("terminal "), descriptor.Link);
                break;
            case DescriptorKind.Event:
                text.Append("eventfd");
                break;
            case DescriptorKind.Timer:
                text.Append("timer");
                detail = descriptor.Left is double left ? string.Create(CultureInfo.InvariantCulture, $"{left:0.###} s left") : null;
                break;
            case DescriptorKind.Signal:
                text.Append("signalfd");
                break;
            case DescriptorKind.Watch:
                text.Append("inotify");
                break;
            case DescriptorKind.Process:
                text.Append("pidfd").Append(descriptor.ProcessId > 0 ? " of process " + Name(descriptor.ProcessId) : "");
                break;
            case DescriptorKind.Poll:
                text.Append("epoll");
                break;
            default:
                TerminalText.AppendEscaped(text, descriptor.Link);
                break;
        }

        text.Append(detail is null ? "" : $" ({detail})");
    }

    private void AppendProcesses(StringBuilder text, Descriptor descriptor)
    {
        List<int> processes = ends?.ProcessesAt(descriptor) ?? [];
        if (processes.Count == 0)
        {
            return;
        }

        if (processes is [int only] && only == ownId)
        {
            text.Append(" whose other end this process has itself");
            return;
        }

        processes.Remove(ownId);
        text.Append(processes.Count == 1 ? " whose other end has process " : " whose other end have processes ");
        for (int i = 0; i < processes.Count && i < MostProcesses; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(Name(processes[i]));
        }

        text.Append(processes.Count > MostProcesses ? string.Create(CultureInfo.InvariantCulture, $" and {processes.Count - MostProcesses} more") : "");
    }

    /// <summary>A process as <c>4711 (sleep)</c>, escaped.</summary>
    public static string Name(int processId)
    {
        string number = processId.ToString(CultureInfo.InvariantCulture);
        return ProcFile.ReadLine($"/proc/{number}/comm") is { Length: > 0 } name ? $"{number} ({TerminalText.Escape(name)})" : number;
    }

    private static string Join(SocketEnds socket, Func<string, string> show)
        => (socket.Local, socket.Remote) switch
        {
            (null, null) => "",
            (string local, null) => show(local),
            (null, string remote) => "-> " + show(remote),
            (string local, string remote) => $"{show(local)} -> {show(remote)}",
        };
}
