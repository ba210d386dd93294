using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace PyStack.Engine.Symbols.Demangling;

/// <summary>
/// Names of functions that Cython has made (Cython/Compiler/Naming.py and Symtab.py: a prefix for the kind, then each enclosing module, class and function with its length before it, then a number that
/// makes it unique, and the name).
/// </summary>
internal static class CythonNames
{
    private const string Prefix = "__pyx_";

    // pyfunc_prefix, pywrap_prefix, func_prefix, genbody_prefix, lambda_func_prefix, and the function that runs a module's body.
    private static readonly (string Prefix, string Kind)[] Kinds =
        [("pf_", ""), ("pw_", " (wrapper)"), ("f_", ""), ("gb_", ""), ("lambda_funcdef_", ""), ("pymod_exec_", " (module)")];

    /// <summary>Whether a function has code of a <c>.pyx</c> file, and is none of Cython's helpers.</summary>
    public static bool IsOfSource(string linkageName) => TryFindKind(linkageName, out _, out _);

    /// <summary>Whether a function comes directly after its wrapper in the C file, and shares the comment before that one.</summary>
    public static bool FollowsWrapper(string linkageName)
        => linkageName.StartsWith("__pyx_pf_", StringComparison.Ordinal) || linkageName.StartsWith("__pyx_lambda_", StringComparison.Ordinal);

    /// <summary>The dotted name, as <c>module.Class.function</c>.</summary>
    public static bool TryDemangle(string name, [NotNullWhen(true)] out string? readable)
    {
        readable = null;
        if (!TryFindKind(name, out ReadOnlySpan<char> rest, out string kind))
        {
            return false;
        }

        // A clone of the compiler's, such as .part.0 or .constprop.1.
        int dot = rest.IndexOf('.');
        rest = dot > 0 ? rest[..dot] : rest;
        StringBuilder dotted = new();
        while (true)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            digits = digits < 0 ? rest.Length : digits;
            ReadOnlySpan<char> after = rest[digits..];
            if (digits is > 0 and < 5
                && int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                && length > 0
                && after.Length > length + 1
                && after[length] == '_'
                && after[..length].ContainsAnyExcept('_'))
            {
                dotted.Append(after[..length]).Append('.');
                rest = after[(length + 1)..];
                continue;
            }

            dotted.Append(after.IsEmpty ? rest : after).Append(kind);
            readable = dotted.ToString();
            return true;
        }
    }

    private static bool TryFindKind(string name, out ReadOnlySpan<char> rest, out string kind)
    {
        rest = default;
        kind = "";
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        foreach ((string prefix, string one) in Kinds)
        {
            if (name.AsSpan(Prefix.Length).StartsWith(prefix, StringComparison.Ordinal) && name.Length > Prefix.Length + prefix.Length)
            {
                rest = name.AsSpan(Prefix.Length + prefix.Length);
                kind = one;
                return true;
            }
        }

        return false;
    }
}
