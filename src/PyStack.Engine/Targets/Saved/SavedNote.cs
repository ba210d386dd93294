using System;
using System.IO;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PyStack.Engine.Targets.Saved;

/// <summary>
/// The note of a core with what PyStack says of the process: owner <c>PyStack</c>, a JSON document packed by gzip (RFC 1952). Other programs skip notes whose owner they do not know
/// (ELF gABI, "Note Section"). A form that today's readers could not read would be another type.
/// </summary>
internal static class SavedNote
{
    /// <summary>"PYS1". Not a small number: some programs take a note for the kernel's by its type alone.</summary>
    public const uint Type = 0x5059_5331;

    /// <summary>A larger document is not read; that of 100,000 threads has some 30 MB.</summary>
    private const int MaxBytes = 128 << 20;

    public static ReadOnlySpan<byte> Owner => "PyStack"u8;

    public static byte[] Write(SavedProcess process)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(gzip, process, SavedJson.Default.SavedProcess);
        }

        return packed.ToArray();
    }

    /// <summary>Whether two waits would be written alike.</summary>
    public static bool AreEqual(PyWait? one, PyWait? other)
        => one is null || other is null ? one is null && other is null
            : JsonSerializer.SerializeToUtf8Bytes(one, SavedJson.Default.PyWait).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, SavedJson.Default.PyWait));

    /// <summary>Reads the note; null if it is not what <see cref="Write"/> writes.</summary>
    public static SavedFacts? Read(ReadOnlySpan<byte> description)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(description.ToArray()), CompressionMode.Decompress);
            using var json = new MemoryStream();
            byte[] buffer = new byte[1 << 16];
            for (int count = gzip.Read(buffer); count > 0; count = gzip.Read(buffer))
            {
                if (json.Length + count > MaxBytes)
                {
                    return null;
                }

                json.Write(buffer, 0, count);
            }

            return JsonSerializer.Deserialize(json.GetBuffer().AsSpan(0, (int)json.Length), SavedJson.Default.SavedProcess) is SavedProcess process ? new SavedFacts(process) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>How the note is written as JSON; made when the engine is compiled.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SavedProcess))]
[JsonSerializable(typeof(PyWait))]
internal sealed partial class SavedJson : JsonSerializerContext;
