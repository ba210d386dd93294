using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr;

namespace PyStack.Engine.Python.Frames;

/// <summary>The variables of frames whose code has no slots for them, class bodies and what <c>exec()</c> runs with a mapping of its own: they are in <c>f_locals</c>.</summary>
internal sealed class FrameNamespace(PythonLayout layout, Limits limits)
{
    /// <summary>The name under which a mapping that is not a dict is shown, since its names cannot be read.</summary>
    private const string WholeName = "f_locals";

    /// <summary>Places of a dict that are examined for each variable that a frame may have: only in a hostile target most of them are free or deleted.</summary>
    private const int PlacesPerVariable = 16;

    /// <summary>Finds the namespace of a frame; false if it has none, or that of its module, which is not shown.</summary>
    public bool TryFind(IMemorySource memory, in RawFrame frame, out ulong mapping)
        => memory.TryReadPointer(frame.Address + (ulong)layout.Locals.FrameNamespace, out mapping)
            && mapping != 0
            && memory.TryReadPointer(frame.Address + (ulong)layout.Locals.FrameGlobals, out ulong globals)
            && mapping != globals;

    /// <summary>Makes sure that the copy contains the names and values of a dict; false if the mapping is not a dict.</summary>
    /// <param name="left">The remaining number of variables for all frames.</param>
    public bool TryPrefetch(ReprWriter writer, ulong mapping, ref long left)
    {
        if (!writer.Objects.TryOpenDict(mapping, out DictEntries entries))
        {
            return false;
        }

        int budget = limits.VariablesPerFrame * PlacesPerVariable;
        for (int i = 0; i < limits.VariablesPerFrame && --left >= 0 && entries.TryNext(ref budget, out ulong key, out ulong value); i++)
        {
            if (writer.Objects.IsText(key) && writer.Objects.TryPrefetchName(key))
            {
                _ = writer.Prefetch(value);
            }
        }

        return true;
    }

    /// <summary>Adds the variables of a namespace in the order in which they were set.</summary>
    public void Add(ReprWriter writer, ulong mapping, PyVariables variables, ref long left)
    {
        if (!writer.Objects.TryOpenDict(mapping, out DictEntries entries))
        {
            variables.Set(WholeName, writer.Render(mapping));
            return;
        }

        int budget = limits.VariablesPerFrame * PlacesPerVariable;
        for (int i = 0; i < limits.VariablesPerFrame && --left >= 0 && entries.TryNext(ref budget, out ulong key, out ulong value); i++)
        {
            if (writer.Objects.IsText(key) && writer.Objects.TryReadName(key, out string name))
            {
                variables.Set(name, writer.Render(name, value));
            }
        }
    }
}
