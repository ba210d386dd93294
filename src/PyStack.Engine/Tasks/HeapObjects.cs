using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Tasks;

/// <summary>Whether the objects of a type are wanted. Asked once for each type; reads what it needs of the type by <paramref name="objects"/> only.</summary>
internal delegate bool TypeFilter(ObjectReader objects, in TypeInfo type);

/// <summary>
/// Finds objects of some types among all that the collector of one CPython tracks (<see cref="GcObjects"/>), for one capture.
/// </summary>
/// <remarks>
/// A copy of all pages that have an object would be as large as the heap. So the walk itself reads the running process, in large pieces that are not kept, while the pages of a capture are
/// learned; the copy gets the pages of what was found, and no others. Afterwards each is read from the copy and must still be what it was (the caller checks its type, and what it has):
/// what has ended meanwhile is left out, and what has moved in memory is another object. What was created after the walk, some milliseconds before the capture, is not found this way.
/// </remarks>
internal sealed class HeapObjects(PythonRuntime runtime, Limits limits)
{
    /// <summary>Bytes that one walk reads at most, pieces that were dropped and read again included: some seconds.</summary>
    private const long MaxBytes = 16L << 30;

    /// <summary>A list that changes while it is walked is walked again.</summary>
    private const int MaxAttempts = 3;

    private readonly Dictionary<(string Kind, ulong Interpreter), (List<ulong> Objects, bool IsWhole)> _known = [];

    /// <summary>What was found, by the name of the question and the interpreter.</summary>
    public IEnumerable<KeyValuePair<(string Kind, ulong Interpreter), (List<ulong> Objects, bool IsWhole)>> Known => _known;

    /// <summary>Whether nothing is to be walked, since the memory is a small core's: what was found when it was saved is all.</summary>
    public bool IsSaved { get; init; }

    /// <summary>Takes over what was found when the core was saved.</summary>
    public void Keep(string kind, ulong interpreter, IEnumerable<ulong> objects, bool isWhole) => _known[(kind, interpreter)] = ([.. objects], isWhole);

    /// <summary>Whether there are lists of all objects: not in builds without a GIL, and not in 2.7.</summary>
    public bool HasLists => GcObjects.HasLists(runtime);

    /// <summary>Finds all objects of some types.</summary>
    /// <param name="kind">A name of the question, such as that of the framework: the answer of a walk is kept under it, for the copy that the capture makes.</param>
    /// <param name="memory">The copy, or a core.</param>
    /// <param name="interpreter">The <c>PyInterpreterState</c>.</param>
    /// <param name="isWanted">Which types.</param>
    /// <param name="isWhole">Whether all objects were seen.</param>
    /// <returns>Their addresses, each once, those that were created first mostly first. To 3.8 those of all interpreters.</returns>
    public IReadOnlyList<ulong> Find(string kind, IMemorySource memory, ulong interpreter, TypeFilter isWanted, CancellationToken cancellation, out bool isWhole)
    {
        if (!IsSaved && memory is not PageSnapshot { IsSealed: true })
        {
            _known[(kind, interpreter)] = Walk(memory is PageSnapshot snapshot ? snapshot.Source : memory, interpreter, isWanted, cancellation);
        }

        (List<ulong> objects, isWhole) = _known.GetValueOrDefault((kind, interpreter), ([], IsSaved));
        return objects;
    }

    private (List<ulong> Objects, bool IsWhole) Walk(IMemorySource memory, ulong interpreter, TypeFilter isWanted, CancellationToken cancellation)
    {
        List<ulong> objects = [];
        HashSet<ulong> seen = new(AddressHash.Comparer);
        bool isWhole = false;
        for (int attempt = 0; attempt < MaxAttempts && !isWhole && HasLists; attempt++)
        {
            ChunkCache chunks = new(memory, MaxBytes / MaxAttempts);
            ObjectReader reader = new(runtime.Layout, limits);
            reader.Begin(chunks, cancellation);
            List<ulong> found = [];
            isWhole = new GcObjects(runtime, chunks, cancellation).TryFind(interpreter, type => reader.TryGetTypeAt(type, out TypeInfo info) && isWanted(reader, info), found);
            foreach (ulong one in found)
            {
                if (seen.Add(one))
                {
                    objects.Add(one);
                }
            }
        }

        return (objects, isWhole);
    }
}
