using System;
using System.Collections.Generic;
using System.Text.Json;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>The strings that the tables of a Firefox profile share.</summary>
internal sealed class GeckoStrings
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>In the order of their numbers.</summary>
    public List<string> All { get; } = [];

    /// <summary>The number of a text.</summary>
    public int Of(string text)
    {
        if (!_numbers.TryGetValue(text, out int number))
        {
            number = All.Count;
            _numbers.Add(text, number);
            All.Add(text);
        }

        return number;
    }
}

/// <summary>The tables of <c>profile.shared</c> in the Firefox Profiler's processed format.</summary>
internal static class GeckoTables
{
    private static readonly (string Name, string Color)[] Categories = [("Other", "grey"), ("Python", "yellow"), ("Native", "blue")];

    // nsIProfiler's resource types: src/profile-logic/data-structures.ts, resourceTypes.
    private const int Library = 1;

    public static void WriteCategories(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("categories");
        foreach ((string name, string color) in Categories)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("color", color);
            writer.WriteStartArray("subcategories");
            writer.WriteStringValue("Other");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>A table without rows.</summary>
    public static void WriteEmpty(Utf8JsonWriter writer, params ReadOnlySpan<string> columns)
    {
        writer.WriteNumber("length", 0);
        foreach (string column in columns)
        {
            writer.WriteStartArray(column);
            writer.WriteEndArray();
        }
    }

    public static void Write(Utf8JsonWriter writer, FrameTable table, StackTree tree, GeckoStrings strings)
    {
        Table(writer, "stackTable", tree.Frames.Count, ("frame", i => tree.Frames[i]), ("prefix", i => tree.Parents[i] == StackTree.None ? null : tree.Parents[i]));
        Table(
            writer,
            "frameTable",
            table.Frames.Count,
            ("address", _ => -1),
            ("inlineDepth", _ => 0),
            ("category", i => CategoryOf(table.Functions[table.Frames[i].Function].Kind)),
            ("subcategory", _ => 0),
            ("func", i => table.Frames[i].Function),
            ("nativeSymbol", _ => null),
            ("innerWindowID", _ => null),
            ("line", i => table.Frames[i].Line > 0 ? table.Frames[i].Line : null),
            ("column", _ => null));

        Dictionary<string, int> sources = new(StringComparer.Ordinal);
        Dictionary<string, int> libraries = new(StringComparer.Ordinal);
        List<FunctionRow> functions = table.Functions;
        Table(
            writer,
            "funcTable",
            functions.Count,
            ("isJS", null),
            ("relevantForJS", null),
            ("name", i => strings.Of(functions[i].Name)),
            ("resource", i => functions[i].Library.Length == 0 ? -1 : NumberOf(libraries, functions[i].Library)),
            ("source", i => functions[i].File.Length == 0 ? null : NumberOf(sources, functions[i].File)),
            ("lineNumber", _ => null),
            ("columnNumber", _ => null));
        string[] files = [.. sources.Keys];
        string[] binaries = [.. libraries.Keys];
        Table(writer, "resourceTable", binaries.Length, ("lib", _ => null), ("name", i => strings.Of(ProfileText.FileName(binaries[i]))), ("host", _ => null), ("type", _ => Library));
        Table(writer, "nativeSymbols", 0, ("libIndex", _ => 0), ("address", _ => 0), ("name", _ => 0), ("functionSize", _ => 0));
        Table(writer, "sources", files.Length, ("uuid", _ => null), ("filename", i => strings.Of(files[i])));
        writer.WriteStartArray("stringArray");
        foreach (string text in strings.All)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static int CategoryOf(FunctionKind kind) => kind switch { FunctionKind.Python => 1, FunctionKind.Native => 2, _ => 0 };

    // A dictionary from which nothing is removed keeps its order.
    private static int NumberOf(Dictionary<string, int> numbers, string text) => numbers.TryGetValue(text, out int number) ? number : numbers[text] = numbers.Count;

    /// <summary>Writes a table by its columns; one without a function is all <c>false</c>.</summary>
    private static void Table(Utf8JsonWriter writer, string name, int length, params ReadOnlySpan<(string Name, Func<int, int?>? Value)> columns)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("length", length);
        foreach ((string column, Func<int, int?>? value) in columns)
        {
            writer.WriteStartArray(column);
            for (int i = 0; i < length; i++)
            {
                if (value is null)
                {
                    writer.WriteBooleanValue(false);
                }
                else if (value(i) is int number)
                {
                    writer.WriteNumberValue(number);
                }
                else
                {
                    writer.WriteNullValue();
                }
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
