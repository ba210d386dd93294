using System.Collections.Generic;
using System.Numerics;
using PyStack.Engine.Targets.Core;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>A set of signals, a bit for each (signal(7)).</summary>
internal static class SignalSet
{
    private const int Most = 8;

    /// <summary>Their names, <c>SIGINT, SIGTERM</c>; those of a set of nearly all by what is not in it.</summary>
    public static string Describe(ulong signals)
    {
        bool isNearlyAll = BitOperations.PopCount(signals) > 32;
        List<string> names = [];
        for (ulong rest = isNearlyAll ? ~signals : signals; rest != 0; rest &= rest - 1)
        {
            names.Add(SignalNames.Of(BitOperations.TrailingZeroCount(rest) + 1));
        }

        string listed = names.Count <= Most ? string.Join(", ", names) : string.Join(", ", names[..Most]) + ", ...";
        return isNearlyAll ? names.Count == 0 ? "any" : "any but " + listed : names.Count == 0 ? "none" : listed;
    }
}
