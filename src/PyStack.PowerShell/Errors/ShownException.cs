using System;

namespace PyStack;

/// <summary>
/// Exceptions as error records have them. <c>Get-Error</c>, <c>$Error[0].Exception</c> and a script's <c>catch</c> show their messages, and those of the
/// exceptions inside, and not the record's own text: so none may contain unescaped text of a target.
/// </summary>
internal static class ShownException
{
    // Nested exceptions; more are left out.
    private const int MaxDepth = 8;

    /// <summary>The exception itself if all its messages can be shown as they are, else one of the same kind with its messages escaped.</summary>
    public static Exception Of(Exception exception) => Of(exception, MaxDepth);

    private static Exception Of(Exception exception, int depth)
    {
        if (IsShowable(exception, depth))
        {
            return exception;
        }

        Exception? inner = exception.InnerException is null || depth <= 1 ? null : Of(exception.InnerException, depth - 1);
        return exception is EngineException known
            ? new EngineException(known.Error, TerminalText.Escape(known.Message), TerminalText.Escape(known.RecommendedAction), inner)
            : new InvalidOperationException($"{exception.GetType().Name}: {TerminalText.Escape(exception.Message)}", inner);
    }

    private static bool IsShowable(Exception? exception, int depth)
    {
        for (int i = 0; exception is not null; exception = exception.InnerException, i++)
        {
            // The additional text of an AggregateException or an unknown exception is in its ToString().
            string text = exception is EngineException known ? known.Message + known.RecommendedAction : exception.Message;
            if (i == depth || TerminalText.Escape(text) != text || HasMultipleLines(text) || exception is AggregateException)
            {
                return false;
            }
        }

        return true;
    }

    // .NET's own messages of arguments have two lines, and a line end is a control character like others.
    private static bool HasMultipleLines(string text) => text.Contains('\n', StringComparison.Ordinal);
}
