using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Profiling;

/// <summary>What a reader of a profile has to know, in plain words.</summary>
internal static class ProfileWarnings
{
    /// <summary>Below this part of the rate that was asked for it is said that it was not reached.</summary>
    private const double Reached = 0.9;

    /// <summary>Above this part of the samples it is said that they are not whole.</summary>
    private const double Few = 0.01;

    /// <param name="samples">Those that are counted.</param>
    /// <param name="isShort">Those of them with a placeholder in place of the inner frames.</param>
    /// <param name="missed">Moments at which no sample was taken.</param>
    /// <param name="cpuSeconds">The processor time of the sampler.</param>
    public static List<string> Of(ProcessSampler sampler, ProfileOptions options, long samples, long isShort, double duration, double achieved, long missed, double cpuSeconds)
    {
        List<string> warnings = [];
        if (duration > 0 && achieved < options.Rate * Reached && missed > 0)
        {
            double busy = cpuSeconds / duration;
            string why = busy > 0.8
                ? $"reading the stacks of {sampler.LivingThreads} threads takes that long"
                : "this process did not get a processor in time, because others used them";
            warnings.Add(Text($"{achieved:n0} samples of each thread were taken in a second, not {options.Rate:n0}: {why}. {missed:n0} moments were missed; the shares are those of the others."));
        }

        if (sampler.IsGone)
        {
            warnings.Add(Text($"The process ended, or began another program, after {duration:0.##} s."));
        }

        long all = samples + sampler.Torn;
        if (sampler.Torn > all * Few)
        {
            warnings.Add(Text($"{100.0 * sampler.Torn / all:0.#} % of the samples were torn (Torn) and are not counted: the program changed its stacks, or freed the functions in them, while they were read."));
        }

        if (isShort > all * Few)
        {
            warnings.Add(Text($"{100.0 * isShort / all:0.#} % of the samples have <short calls> in place of their inner frames: the calls ended while they were read. The frames outside of them are right."));
        }

        if (sampler.Truncated > 0)
        {
            warnings.Add(Text($"{sampler.Truncated:n0} samples were of stacks with more than {ThreadSampler.MaxDepth} frames: <outer frames> is in place of the others."));
        }

        if (sampler.Others > 0)
        {
            warnings.Add(Text($"There were more different stacks than are kept ({sampler.Table.Count:n0}): {sampler.Others:n0} samples are counted as <other stacks>."));
        }

        if (sampler.HasTooManyCodes)
        {
            warnings.Add("There were more different functions than are kept: some are named <unknown>.");
        }

        if (sampler.TaskNumbers is { IsFull: true })
        {
            warnings.Add("There were more different tasks than are told apart: the others are put together by their functions, as \"more tasks of …\".");
        }

        if (sampler.HasMoreThreads)
        {
            warnings.Add(Text($"There were more threads than are sampled ({sampler.Threads.Count:n0})."));
        }

        if (sampler.HasUnwatched)
        {
            warnings.Add("Of some threads it is not known whether they waited: the kernel does not say it of them, or there are too many. They count as running.");
        }

        if (options.Mode == PyProfileMode.Gil && sampler.HasNoGil)
        {
            warnings.Add("This CPython has no GIL, or it was not found (3.6 without symbols): no sample counts in mode Gil. Mode Cpu shows which threads run.");
        }

        return warnings;
    }

    private static string Text(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
