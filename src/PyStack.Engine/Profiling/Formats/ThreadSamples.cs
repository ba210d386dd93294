using System.Collections.Generic;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>The stacks of one thread of a profile.</summary>
/// <param name="Name">As <see cref="ProfileText.Thread"/> has it.</param>
internal sealed record ThreadSamples(PyProfile Profile, int ThreadId, string Name, List<PyProfileStack> Stacks)
{
    /// <summary>The threads of all profiles, in the order in which they first occur, each with its stacks in their order. Stacks without samples are left out.</summary>
    public static List<ThreadSamples> Of(IReadOnlyList<PyProfile> profiles)
    {
        List<ThreadSamples> threads = [];
        foreach (PyProfile profile in profiles)
        {
            Dictionary<(int, string), ThreadSamples> known = [];
            foreach (PyProfileStack stack in profile.Stacks)
            {
                if (stack.Count <= 0)
                {
                    continue;
                }

                string name = ProfileText.Thread(stack);
                if (!known.TryGetValue((stack.ThreadId, name), out ThreadSamples? thread))
                {
                    thread = new ThreadSamples(profile, stack.ThreadId, name, []);
                    known.Add((stack.ThreadId, name), thread);
                    threads.Add(thread);
                }

                thread.Stacks.Add(stack);
            }
        }

        return threads;
    }

    /// <summary>The time of a sample in seconds; 0 if the rate is not known.</summary>
    public static double SecondsOf(PyProfile profile)
    {
        double rate = profile.AchievedRate > 0 ? profile.AchievedRate : profile.Rate;
        return rate > 0 && double.IsFinite(rate) ? 1 / rate : 0;
    }
}
