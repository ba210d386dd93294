using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace PyStack.TestSupport.Targets;

/// <summary>One frame as the target itself describes it (<c>tests/Programs/oracle.py</c>).</summary>
public sealed record OracleFrame(
    string? Function, string? QualifiedName, string? File, int? Line, int? EndLine, int? Column, int? EndColumn, string? Source)
{
    public override string ToString() => $"{Function} ({QualifiedName}) {File}:{Line}-{EndLine}:{Column}-{EndColumn} | {Source}";
}

/// <summary>One thread as the target itself describes it; the frames outermost first.</summary>
/// <param name="IsRunning">Whether it never blocks, so that the line of its last frame is only an example.</param>
public sealed record OracleThread(int? ThreadId, string? Name, bool IsRunning, IReadOnlyList<OracleFrame> Frames);

/// <summary>All that a target says about itself, oldest thread first.</summary>
/// <param name="Reporter">The thread that wrote the report and has nothing more to do.</param>
public sealed record OracleReport(int ProcessId, string Version, int Reporter, IReadOnlyList<OracleThread> Threads)
{
    public static OracleReport Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 16 });
        JsonElement root = document.RootElement;
        return new(
            root.GetProperty("pid").GetInt32(),
            root.GetProperty("version").GetString()!,
            root.GetProperty("ended").GetInt32(),
            [.. root.GetProperty("threads").EnumerateArray().Select(Thread)]);
    }

    private static OracleThread Thread(JsonElement thread)
        => new(
            Number(thread, "id"), Text(thread, "name"), thread.GetProperty("running").GetBoolean(),
            [.. thread.GetProperty("frames").EnumerateArray().Select(Frame)]);

    private static OracleFrame Frame(JsonElement frame)
        => new(
            Text(frame, "function"), Text(frame, "qualname"), Text(frame, "file"), Number(frame, "line"),
            Number(frame, "endLine"), Number(frame, "column"), Number(frame, "endColumn"), Text(frame, "source"));

    private static int? Number(JsonElement element, string name)
        => element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;

    /// <summary>A string, or an object that holds one's UTF-16 code units because it has lone surrogates.</summary>
    private static string? Text(JsonElement element, string name)
    {
        JsonElement text = element.GetProperty(name);
        if (text.ValueKind != JsonValueKind.Object)
        {
            return text.GetString();
        }

        byte[] units = System.Convert.FromHexString(text.GetProperty("utf16").GetString()!);
        return string.Create(units.Length / 2, units, static (characters, units) =>
        {
            for (int i = 0; i < characters.Length; i++)
            {
                characters[i] = (char)(units[2 * i] | (units[(2 * i) + 1] << 8));
            }
        });
    }
}
