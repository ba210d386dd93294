using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using PyStack.Engine.Profiling.Formats;

namespace PyStack.Engine.Tests.Profiling.Formats;

/// <summary>What a format makes of profiles.</summary>
internal static class Written
{
    public static byte[] Bytes(string format, PyProfile[] profiles, PyProfile[]? baseline = null)
    {
        using var bytes = new MemoryStream();
        ProfileFormats.ByName(format)!.Write(bytes, new ProfileSet(profiles, baseline ?? []), CancellationToken.None);
        return bytes.ToArray();
    }

    /// <summary>As text of strict UTF-8.</summary>
    public static string Text(string format, params PyProfile[] profiles)
        => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(format, profiles));

    public static JsonElement Json(string format, params PyProfile[] profiles)
    {
        using JsonDocument document = JsonDocument.Parse(Bytes(format, profiles));
        return document.RootElement.Clone();
    }
}
