using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>Decodes what a freeze has copied: the thread states of the holders from their own copy, all others from that of the whole process.</summary>
/// <param name="states">The holders' states; null if the whole process was copied at once.</param>
internal sealed class FreezeDecoder(RuntimeSet runtimes, PageSnapshot pages, RawCapture capture, FrozenStates? states)
{
    /// <summary>Whether every thread's frames were read to their end.</summary>
    public bool IsWhole { get; private set; } = true;

    public List<CapturedThread> Decode(CancellationToken cancellation)
    {
        pages.IsSealed = true;
        RuntimeDecoder all = runtimes.DecoderOf(pages, cancellation);
        RuntimeDecoder? own = states?.Seal(cancellation);
        List<CapturedThread> threads = new(capture.Threads.Count);
        for (int i = 0, state = 0; i < capture.Threads.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            List<string> warnings = [];
            RawThread thread = capture.Threads[i];
            RawCapture frames = capture;
            RuntimeDecoder decoder = all;
            if (states is not null && state < states.Count && states.IndexAt(state) == i)
            {
                frames = states.FramesAt(state++);
                int interpreter = thread.Interpreter;
                thread = frames.Threads[0];
                thread.Interpreter = interpreter;
                decoder = own!;
            }

            List<PythonFrame> decoded = decoder.Decode(frames, thread, warnings, out ChainEnd end);
            bool isThreadWhole = end is not (ChainEnd.Torn or ChainEnd.Unreadable);
            IsWhole &= isThreadWhole;
            threads.Add(CapturedThread.From(capture, thread, decoded, isThreadWhole, warnings));
        }

        return threads;
    }

    /// <summary>
    /// Which OS thread a <c>pthread_t</c> is of, by the copy: later a new thread may have the stack, and with it the <c>pthread_t</c>, of one that has ended.
    /// </summary>
    /// <param name="directory">The threads that there were.</param>
    /// <returns>Ids as we count threads.</returns>
    public Dictionary<ulong, int> PthreadIdsOf(List<CapturedThread> threads, IThreadDirectory directory)
    {
        Dictionary<ulong, int> ids = new(AddressHash.Comparer);
        HashSet<ulong> pthreads = new(AddressHash.Comparer);
        foreach (CapturedThread thread in threads)
        {
            if (thread.PthreadId != 0)
            {
                pthreads.Add(thread.PthreadId);
            }
        }

        PthreadIds found = PthreadIds.Find(pages, pthreads, directory.InnerIds);
        foreach (ulong pthread in pthreads)
        {
            if (found.TryGet(pthread, out int innerId) && directory.ToObserver(innerId) is > 0 and int threadId)
            {
                ids[pthread] = threadId;
            }
        }

        return ids;
    }

    /// <summary>Whether a lock is held and a collector runs changes with the holder; the rest of an interpreter has been compared.</summary>
    public static void TakeInterpreters(RawCapture capture, RawCapture now)
    {
        for (int i = 0; i < capture.Interpreters.Count && i < now.Interpreters.Count; i++)
        {
            RawInterpreter interpreter = now.Interpreters[i];
            interpreter.Id = capture.Interpreters[i].Id;
            capture.Interpreters[i] = interpreter;
        }
    }
}
