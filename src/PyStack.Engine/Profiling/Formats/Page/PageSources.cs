using System.Collections.Generic;
using System.Text.Json;
using PyStack.Engine.Pages;

namespace PyStack.Engine.Profiling.Formats.Page;

/// <summary>The source files of the page, each text once.</summary>
internal static class PageSources
{
    /// <summary>Characters of all files together; files that do not fit are left out. A page of 100 MB is opened by no browser with pleasure, and sent by no mail.</summary>
    public const int MaxCharacters = 16 << 20;

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<PyProfile> profiles)
    {
        // Processes of different containers can have different files of the same name.
        Dictionary<(string File, string Text), (bool IsNewer, List<int> Profiles)> sources = [];
        int room = MaxCharacters;
        for (int i = 0; i < profiles.Count; i++)
        {
            foreach (PyProfileSource source in profiles[i].Sources)
            {
                if (!sources.TryGetValue((source.File, source.Text), out (bool IsNewer, List<int> Profiles) known))
                {
                    if (source.Text.Length > room)
                    {
                        continue;
                    }

                    room -= source.Text.Length;
                    known = (source.IsNewer, []);
                    sources.Add((source.File, source.Text), known);
                }

                known.Profiles.Add(i);
            }
        }

        writer.WriteStartArray("sources");
        foreach (((string file, string text), (bool isNewer, List<int> owners)) in sources)
        {
            Write(writer, file, text, isNewer, owners);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string file, string text, bool isNewer, List<int> owners)
    {
        writer.WriteStartObject();
        writer.WriteString("file", ProfileText.Of(file));
        writer.WriteBoolean("newer", isNewer);
        writer.WriteStartArray("profiles");
        foreach (int owner in owners)
        {
            writer.WriteNumberValue(owner);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("lines");

        foreach (string line in ShownSource.LinesOf(text))
        {
            writer.WriteStringValue(ShownSource.Of(line));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
