using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Threading;
using PyStack.Engine.Compression;
using Field = System.Collections.Generic.KeyValuePair<int, object>;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>
/// The format of pprof, as a gzip stream (<c>proto/profile.proto</c> of github.com/google/pprof, from which the field numbers are). Of each stack the samples and their time; process, thread, task
/// and state are labels. A baseline is written as pprof itself does with <c>-diff_base</c>: as samples below zero with the label <c>pprof::base</c>.
/// </summary>
internal sealed class PprofFormat : IProfileFormat
{
    /// <inheritdoc/>
    public string Name => "Pprof";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".pb.gz", ".pprof", ".pprof.gz"];

    /// <inheritdoc/>
    public string Description => "protobuf for pprof: go tool pprof, Grafana, Pyroscope";

    /// <inheritdoc/>
    public bool HasBaseline => true;

    /// <inheritdoc/>
    public void Write(Stream output, ProfileSet profiles, CancellationToken cancellation)
    {
        Action<Stream, IEnumerable<Field>> write = CodecLibrary.Protobuf
            ?? throw new EngineException(EngineError.CannotRead, "The library for protobuf is missing: the module is not as it was installed", "Install PyStack again.");
        using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        write(gzip, new Message(profiles, cancellation).Fields());
    }

    /// <summary>The message Profile.</summary>
    private sealed class Message(ProfileSet profiles, CancellationToken cancellation)
    {
        private readonly FrameTable _table = new();
        private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
        private readonly List<string> _strings = [""];
        private readonly Dictionary<string, long> _mappings = new(StringComparer.Ordinal);

        private PyProfile? First => profiles.Profiles.Count > 0 ? profiles.Profiles[0] : null;

        public IEnumerable<Field> Fields()
        {
            string kind = First?.Mode switch { PyProfileMode.Cpu => "cpu", PyProfileMode.Gil => "gil", _ => "wall" };
            yield return new(1, ValueType("samples", "count"));
            yield return new(1, ValueType(kind, "nanoseconds"));
            foreach (Field sample in Samples(profiles.Profiles, 1))
            {
                yield return sample;
            }

            foreach (Field sample in Samples(profiles.Baseline, -1))
            {
                yield return sample;
            }

            // Locations are numbered from 1 on, and so are functions and mappings.
            for (int i = 0; i < _table.Frames.Count; i++)
            {
                FrameRow frame = _table.Frames[i];
                Field[] line = [new(1, frame.Function + 1L), new(2, (long)frame.Line)];
                yield return new(4, new Field[] { new(1, i + 1L), new(2, Mapping(_table.Functions[frame.Function])), new(4, line) });
            }

            for (int i = 0; i < _table.Functions.Count; i++)
            {
                // No system_name (3): where it is the same as the name, pprof demangles it as of C++, and nothing is left of <module>.
                FunctionRow function = _table.Functions[i];
                yield return new(5, new Field[] { new(1, i + 1L), new(2, Text(function.Name)), new(4, Text(function.File)) });
            }

            foreach ((string file, long id) in _mappings)
            {
                // has_functions and has_filenames: nothing is left to be looked up in the binary.
                yield return new(3, new Field[] { new(1, id), new(5, Text(file)), new(7, 1L), new(8, 1L) });
            }

            Field[] period = ValueType(kind, "nanoseconds");
            long comment = Text("PyStack");
            foreach (string text in _strings)
            {
                yield return new(6, text);
            }

            if (First is { } first)
            {
                yield return new(9, NanosecondsSince1970(first.StartedAt));
                yield return new(10, Nanoseconds(first.DurationSeconds));
                yield return new(12, Nanoseconds(ThreadSamples.SecondsOf(first)));
            }

            yield return new(11, period);
            yield return new(13, comment);
        }

        private IEnumerable<Field> Samples(IReadOnlyList<PyProfile> all, int sign)
        {
            foreach (ThreadSamples thread in ThreadSamples.Of(all))
            {
                double seconds = ThreadSamples.SecondsOf(thread.Profile);
                foreach (PyProfileStack stack in thread.Stacks)
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return new(2, Sample(thread, stack, sign, seconds));
                }
            }
        }

        private List<Field> Sample(ThreadSamples thread, PyProfileStack stack, int sign, double seconds)
        {
            // Innermost first.
            var locations = new long[stack.Frames.Count];
            for (int i = 0; i < locations.Length; i++)
            {
                locations[i] = _table.Of(stack.Frames[^(i + 1)]) + 1L;
            }

            List<Field> fields =
            [
                new(1, locations),
                new(2, new[] { sign * stack.Count, sign * Nanoseconds(stack.Count * seconds) }),
                new(3, Label("process", thread.Profile.ProcessName)),
                new(3, NumberLabel("pid", thread.Profile.ProcessId)),
                new(3, Label("thread", stack.ThreadName)),
                new(3, NumberLabel("tid", stack.ThreadId)),
                new(3, Label("state", stack.IsIdle ? "idle" : "active")),
            ];
            if (ProfileText.Task(stack) is { } task)
            {
                fields.Add(new(3, Label("task", task["task ".Length..])));
            }

            if (stack.HasGil is { } hasGil)
            {
                fields.Add(new(3, Label("gil", hasGil ? "held" : "not held")));
            }

            if (sign < 0)
            {
                fields.Add(new(3, Label("pprof::base", "true")));
            }

            return fields;
        }

        private long Mapping(FunctionRow function)
            => function.Library.Length == 0 ? 0 : _mappings.TryGetValue(function.Library, out long id) ? id : _mappings[function.Library] = _mappings.Count + 1;

        private Field[] ValueType(string type, string unit) => [new(1, Text(type)), new(2, Text(unit))];

        private Field[] Label(string key, string? value) => [new(1, Text(key)), new(2, Text(ProfileText.Of(value)))];

        private Field[] NumberLabel(string key, long value) => [new(1, Text(key)), new(3, value)];

        private long Text(string text)
        {
            if (!_numbers.TryGetValue(text, out long number))
            {
                number = _strings.Count;
                _numbers.Add(text, number);
                _strings.Add(text);
            }

            return number;
        }

        private static long Nanoseconds(double seconds) => seconds is > 0 and < 9e9 ? (long)Math.Round(seconds * 1e9) : 0;

        private static long NanosecondsSince1970(DateTime time)
            => time.Year is < 1970 or > 2200 ? 0 : (time.ToUniversalTime() - DateTime.UnixEpoch).Ticks * 100;
    }
}
