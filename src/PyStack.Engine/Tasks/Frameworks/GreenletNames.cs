using System;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>What greenlets are called, and what they run.</summary>
internal sealed class GreenletNames(TaskSearch search)
{
    /// <summary>Partials and bound methods around a function.</summary>
    private const int MaxWrappers = 8;

    private const int MaxName = 128;

    /// <summary>Whether an object is the hub of gevent, or the greenlet of one of eventlet's.</summary>
    public bool IsHub(ulong address) => address != 0 && search.Values.IsInstance(address, "gevent.hub.Hub");

    /// <summary>What the program has called it, escaped; null if it has no name. A main greenlet is called <c>main</c>, gevent's hub <c>hub</c>.</summary>
    public string? Of(in RawGreenlet greenlet)
        => greenlet.IsMain ? "main"
            : search.Values.Text(search.Values.Get(greenlet.Address, "name"u8)) is string name ? name
            : IsHub(greenlet.Address) ? "hub"
            : FunctionOf(greenlet);

    /// <summary>The qualified name of its function, escaped; null where only its frames say it.</summary>
    public string? FunctionOf(in RawGreenlet greenlet)
    {
        // Of gevent: Greenlet._run, which it loses at its end.
        ulong function = greenlet.IsMain ? 0 : search.Values.Get(greenlet.Address, "_run"u8);
        return NameOf(function) ?? (greenlet.StackStop == 0 ? NameOf(greenlet.Run) : null);
    }

    private string? NameOf(ulong function)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        ulong head = (ulong)search.Python.Layout.Object.VarSize;
        for (int i = 0; i < MaxWrappers && function != 0 && search.Objects.TryGetType(function, out TypeInfo type); i++)
        {
            if (type.Kind == ObjectKind.Function)
            {
                return search.Objects.TryGetFunctionName(function, out ulong name) ? search.Values.Text(name) : null;
            }

            if (type.Kind == ObjectKind.BuiltInFunction)
            {
                return search.Objects.TryGetBuiltIn(function, buffer, out ReadOnlySpan<byte> text, out _) ? TerminalText.Escape(Encoding.UTF8.GetString(text)) : null;
            }

            // classobject.h: PyMethodObject begins with its function.
            if (type.Kind == ObjectKind.Partial)
            {
                if (!search.Objects.TryGetPartial(function, out function, out _, out _))
                {
                    return null;
                }
            }
            else if (!search.Objects.IsNamed(type, "builtins"u8, "method"u8) || !search.Memory.TryReadPointer(function + head, out function))
            {
                return null;
            }
        }

        return null;
    }
}
