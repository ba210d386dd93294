using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits;

/// <summary>The one line that says what a thread waits for.</summary>
internal static class WaitText
{
    /// <summary>Of more characters the rest is left out: a path can have 4,096.</summary>
    private const int MaxLength = 1000;

    public static string Describe(WaitReason reason, DescriptorText descriptors)
    {
        StringBuilder text = new(reason.Action);
        if (reason.Descriptors is IReadOnlyList<Descriptor> several)
        {
            AppendSeveral(text, reason, several, descriptors);
        }
        else if (reason.Descriptor is Descriptor one && (reason.Subject is null || reason.Kind == PyWaitKind.FileLock))
        {
            text.Append(' ').Append(descriptors.Of(one, isShort: false));
        }

        if (reason.Subject is not null)
        {
            text.Append(reason.Kind == PyWaitKind.FileLock ? ", " : " ").Append(reason.Subject);
        }

        if (text.Length > MaxLength)
        {
            text.Length = MaxLength;
            text.Append("...");
        }

        // A timer has its own among the descriptor's words.
        if (reason.Limit.Seconds is double seconds && reason.Descriptor?.Left is null)
        {
            text.Append(", ").Append(Seconds(seconds)).Append(reason.Limit.IsAsked ? " s in all" : " s left");
        }

        return text.ToString();
    }

    private static void AppendSeveral(StringBuilder text, WaitReason reason, IReadOnlyList<Descriptor> several, DescriptorText descriptors)
    {
        text.Append(CultureInfo.InvariantCulture, $" of {reason.DescriptorCount} descriptor{(reason.DescriptorCount == 1 ? "" : "s")}");
        for (int i = 0; i < several.Count; i++)
        {
            text.Append(i == 0 ? ": " : ", ").Append(descriptors.Of(several[i], isShort: true));
        }

        text.Append(several.Count > 0 && reason.DescriptorCount > several.Count ? ", ..." : "");
    }

    private static string Seconds(double seconds) => seconds.ToString(seconds < 10 ? "0.0##" : "0.0", CultureInfo.InvariantCulture);
}
