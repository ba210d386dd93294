using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>What is impossible about several threads that are said to be of one moment, and about one moment after another.</summary>
internal sealed class FreezeMoment
{
    // A thread's last step by what tells it from others: its number, and the function that counts.
    private readonly Dictionary<(string Me, string Function), long> _steps = [];

    private bool _hasBegun;

    /// <summary>How many steps all threads have gone since the first capture, a new thread being one: whether there was anything to be caught.</summary>
    public long Progress { get; private set; }

    /// <summary>What is impossible about the coherent ones of one capture, with the threads that show it; null if nothing is.</summary>
    public string? Violation(IReadOnlyList<PyThread> coherent)
        => OfExclusive(coherent) ?? OfTickets(coherent) ?? OfShared(coherent) ?? OfTime(coherent);

    private static string? OfExclusive(IReadOnlyList<PyThread> threads)
    {
        HashSet<(long Interpreter, string Function)> seen = [];
        foreach (PyThread thread in threads)
        {
            foreach (PyFrame frame in thread.Frames)
            {
                if (FreezeRules.Instance.FindFunction(frame.File, frame.Function) is { IsExclusive: true } && !seen.Add((thread.InterpreterId, frame.Function!)))
                {
                    return $"two threads are in {frame.Function}, one of them is {thread.ThreadId}";
                }
            }
        }

        return null;
    }

    // ring.py: numbers without a gap.
    private static string? OfTickets(IReadOnlyList<PyThread> threads)
    {
        List<long> tickets = [];
        long size = 0;
        foreach (PyThread thread in threads)
        {
            if (System.Array.Find<PyFrame>([.. thread.Frames], one => one.Function == "turn") is PyFrame turn && FreezeValues.Number(turn, "ticket") is long ticket)
            {
                tickets.Add(ticket);
                size = FreezeValues.Number(turn, "size") ?? 0;
            }
        }

        tickets.Sort();
        return tickets.Count != size || size == 0 || (tickets.Distinct().Count() == size && tickets[^1] - tickets[0] == size - 1)
            ? null : $"the tickets are {string.Join(' ', tickets)}";
    }

    // work.py: the main thread's list of what each thread counts.
    private static string? OfShared(IReadOnlyList<PyThread> threads)
    {
        PyFrame? watch = threads.SelectMany(one => one.Frames).FirstOrDefault(one => one.Function == "watch" && one.InterpreterId == 0);
        if (watch is null || FreezeValues.Get(watch, "shared") is not ['[', .., ']'] text)
        {
            return null;
        }

        string[] shared = text[1..^1].Split(", ");
        foreach (PyThread thread in threads.Where(one => one.InterpreterId == 0))
        {
            int index = System.Array.FindIndex<PyFrame>([.. thread.Frames], one => one.Function == "worker");
            if (index < 0 || FreezeValues.Number(thread.Frames[index], "step") is not long step || FreezeValues.Number(thread.Frames[index], "me") is not long me || me % 1000 >= shared.Length)
            {
                continue;
            }

            bool isCalling = thread.Frames.Skip(index + 1).Any(one => one.Kind == PyFrameKind.Python);
            string noted = shared[(int)(me % 1000)];
            if (noted != step.ToString(CultureInfo.InvariantCulture) && (isCalling || noted != (step - 1).ToString(CultureInfo.InvariantCulture)))
            {
                return $"thread {thread.ThreadId} is in step {step}, and the main thread's list has {noted}";
            }
        }

        return null;
    }

    private string? OfTime(IReadOnlyList<PyThread> threads)
    {
        HashSet<(string, string)> seen = [];
        foreach (PyThread thread in threads)
        {
            foreach (PyFrame frame in thread.Frames)
            {
                if (FreezeValues.Get(frame, "me") is not string me || FreezeValues.Get(frame, "had") is not null || FreezeValues.Number(frame, "step") is not long step)
                {
                    continue;
                }

                (string, string) key = (me, frame.Function ?? "");
                if (!seen.Add(key))
                {
                    return $"{me} is there twice";
                }

                if (_steps.TryGetValue(key, out long last))
                {
                    if (step < last)
                    {
                        return $"thread {thread.ThreadId} is in step {step}, and was in step {last} in the capture before";
                    }

                    Progress += step - last;
                }
                else if (_hasBegun)
                {
                    Progress++;
                }

                _steps[key] = step;
            }
        }

        _hasBegun = true;
        return null;
    }
}
