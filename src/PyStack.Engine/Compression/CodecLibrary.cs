using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading;

namespace PyStack.Engine.Compression;

/// <summary>
/// The decoders, hashes and the writer of protobuf that are libraries (<c>src/PyStack.Codecs</c>): loaded when one is first needed, from the folder <c>codecs</c> next to the engine's assembly, in a load
/// context of their own, so that they do not conflict with versions that another module of the session has loaded.
/// </summary>
internal static class CodecLibrary
{
    private static readonly Lazy<Assembly?> Library = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);
    private static readonly Lazy<Func<string, Stream, Stream>?> Opener = new(() => Find<Func<string, Stream, Stream>>("Decoders", "Open"));
    private static readonly Lazy<Func<string, Stream, Stream>?> PackingOpener = new(() => Find<Func<string, Stream, Stream>>("Encoders", "Open"));
    private static readonly Lazy<Func<Stream, uint>?> CrcOfStream = new(() => Find<Func<Stream, uint>>("Hashes", "Crc"));
    private static readonly Lazy<Func<ReadOnlySpan<byte>, ulong>?> HashOfBytes = new(() => Find<Func<ReadOnlySpan<byte>, ulong>>("Hashes", "Xxh3"));
    private static readonly Lazy<Action<Stream, IEnumerable<KeyValuePair<int, object>>>?> MessageWriter = new(() => Find<Action<Stream, IEnumerable<KeyValuePair<int, object>>>>("Protobuf", "Write"));

    private static string Folder => Path.Combine(Path.GetDirectoryName(typeof(CodecLibrary).Assembly.Location) is { Length: > 0 } own ? own : AppContext.BaseDirectory, "codecs");

    /// <summary>CRC-32 (ISO 3309) of a stream, as <c>.gnu_debuglink</c> has it; null if the module's files are incomplete.</summary>
    public static Func<Stream, uint>? Crc => CrcOfStream.Value;

    /// <summary>XXH3, 64 bits, seed 0; null as for <see cref="Crc"/>.</summary>
    public static Func<ReadOnlySpan<byte>, ulong>? Hash => HashOfBytes.Value;

    /// <summary>
    /// Writes a protobuf message from its fields, number and value: a <see cref="long"/>, a <see cref="string"/>, a <c>long[]</c> (packed), or the fields of a message in it. Null as for <see cref="Crc"/>.
    /// </summary>
    public static Action<Stream, IEnumerable<KeyValuePair<int, object>>>? Protobuf => MessageWriter.Value;

    /// <summary>Opens a stream that packs what is written to it, by the name of a format; the other stream stays open. Null as for <see cref="Crc"/>.</summary>
    public static Func<string, Stream, Stream>? Packer => PackingOpener.Value;

    /// <summary>Opens a stream of a format that the library knows by name.</summary>
    /// <param name="problem">On failure why, as a sentence.</param>
    public static bool TryOpen(string format, Stream packed, out Stream unpacked, out string problem)
    {
        unpacked = Stream.Null;
        problem = "";
        if (Opener.Value is not { } open)
        {
            problem = $"The decoder for {format} is missing: {Folder} is not as it was installed.";
            return false;
        }

        try
        {
            unpacked = open(format, packed);
            return true;
        }
        catch (Exception e) when (Unpacker.IsBroken(e))
        {
            problem = $"The {format} data is corrupt: {e.Message}";
            return false;
        }
    }

    private static Assembly? Load()
    {
        try
        {
            return new Context(Folder).LoadFromAssemblyPath(Path.Combine(Folder, "PyStack.Codecs.dll"));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T? Find<T>(string type, string method)
        where T : Delegate
    {
        try
        {
            return Library.Value?.GetType($"PyStack.Codecs.{type}", throwOnError: true)!.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<T>();
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class Context(string folder) : AssemblyLoadContext("PyStack.Codecs")
    {
        // Assemblies in the folder come from there, all others (.NET itself) from the default context.
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string path = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
