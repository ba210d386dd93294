using System.Collections;
using System.Collections.Specialized;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PyStack;

/// <summary>Variables by their names, in the order of their declaration; each value is text as <c>repr()</c> writes it.</summary>
[SuppressMessage("Design", "CA1010", Justification = "PowerShell keeps the order of an OrderedDictionary through remoting, and of no generic one.")]
public sealed class PyVariables : OrderedDictionary
{
    /// <summary>Adds a variable, or changes it.</summary>
    internal void Set(string name, string value) => base[ModelText.Of(name)!] = ModelText.Of(value);

    /// <summary>Whether there is a variable of this name.</summary>
    internal bool Has(string name) => Contains(ModelText.Of(name)!);

    /// <summary>The variables on one line, <c>order_id=4711, name='x'</c>; control characters are escaped. What <c>Export-Csv</c> writes.</summary>
    public override string ToString() => Format(this);

    /// <summary>The same of a dictionary that remoting, a job or a file has made of it; empty for null.</summary>
    internal static string Format(IDictionary? variables)
    {
        if (variables is null)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (DictionaryEntry variable in variables)
        {
            TerminalText.AppendEscaped(text.Append(text.Length > 0 ? ", " : ""), variable.Key.ToString());
            TerminalText.AppendEscaped(text.Append('='), variable.Value?.ToString());
        }

        return text.ToString();
    }
}
