using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading;

namespace PyStack.Engine.Compression;

/// <summary>
/// The decoders that are libraries (<c>src/PyStack.Codecs</c>): loaded when a file first needs one, from the folder <c>codecs</c> beside the engine, in a load
/// context of their own, so that they never meet the versions that another module of the session has loaded.
/// </summary>
internal static class CodecLibrary
{
    private static readonly Lazy<Func<string, Stream, Stream>?> Opener = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    private static string Folder => Path.Combine(Path.GetDirectoryName(typeof(CodecLibrary).Assembly.Location) is { Length: > 0 } own ? own : AppContext.BaseDirectory, "codecs");

    /// <summary>Opens a stream of a format that the library knows by name.</summary>
    /// <param name="problem">On failure why, as a sentence.</param>
    public static bool TryOpen(string format, Stream packed, out Stream unpacked, out string problem)
    {
        unpacked = Stream.Null;
        problem = "";
        if (Opener.Value is not { } open)
        {
            problem = $"The decoder for {format} is missing: {Folder} is not as the module was installed.";
            return false;
        }

        try
        {
            unpacked = open(format, packed);
            return true;
        }
        catch (Exception e) when (Unpacker.IsBroken(e))
        {
            problem = $"The {format} data is broken: {e.Message}";
            return false;
        }
    }

    private static Func<string, Stream, Stream>? Load()
    {
        try
        {
            Assembly assembly = new Context(Folder).LoadFromAssemblyPath(Path.Combine(Folder, "PyStack.Codecs.dll"));
            return assembly.GetType("PyStack.Codecs.Decoders", throwOnError: true)!
                .GetMethod("Open", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(Stream)])!
                .CreateDelegate<Func<string, Stream, Stream>>();
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class Context(string folder) : AssemblyLoadContext("PyStack.Codecs")
    {
        // What the folder has comes from there, all else (.NET itself) from the default context.
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string path = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
