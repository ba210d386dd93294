using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The end of the interpreter, which waits for the threads that are not daemons: <c>threading._shutdown()</c>, in 2.7 <c>_exitfunc()</c>.</summary>
internal sealed class ShutdownReader : IReasonReader
{
    private const string File = "threading.py";
    private const string Why = ", at the end of the interpreter";
    private const int MaxThreads = 1000;
    private const int MaxShown = 3;

    public IEnumerable<(string File, string Function)> Functions => [(File, "_shutdown"), (File, "_exitfunc")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Inner?.Kind == PyWaitKind.Join)
        {
            return wait.Inner with { Subject = wait.Inner.Subject + Why };
        }

        if (index != 0 || wait.Kernel.Kind != PyWaitKind.Futex)
        {
            return null;
        }

        // To 3.12 it takes the locks of the threads' states one after the other; later it waits inside of C for one after the other.
        ulong state = wait.Variable(0, "lock");
        List<ThreadObject> waited = [];
        foreach (ulong thread in ThreadObjects.Active(wait, MaxThreads))
        {
            PythonValues values = wait.Values;
            bool isIt = state != 0 ? values.Get(thread, "_tstate_lock"u8) == state : values.Bool(values.Get(thread, "_daemonic"u8)) == false && !values.IsInstance(thread, "threading._MainThread");
            if (isIt)
            {
                waited.Add(ThreadObjects.Read(wait, thread));
            }
        }

        if (waited.Count == 0)
        {
            return null;
        }

        if (waited.Count == 1)
        {
            return ThreadObjects.EndOf(wait, waited[0], Why);
        }

        List<string> shown = waited.GetRange(0, System.Math.Min(waited.Count, MaxShown)).ConvertAll(one => one.Text);
        string more = waited.Count > MaxShown ? ", ..." : "";
        return ThreadObjects.EndOf(wait, waited[0] with { ThreadId = null, Text = string.Create(CultureInfo.InvariantCulture, $"{waited.Count} threads: {string.Join(", ", shown)}{more}") }, Why)
            with { Object = null };
    }
}
