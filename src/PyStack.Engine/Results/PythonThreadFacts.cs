using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Concurrency;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Results;

/// <summary>
/// What the interpreters know of their threads besides the stacks: names and handled exceptions. It is read after the capture, so that no pause is longer for it, and compared with what the
/// capture has copied.
/// </summary>
internal sealed class PythonThreadFacts : IDisposable
{
    /// <summary>Characters of the line of an exception.</summary>
    private const int MaxExceptionLength = 400;

    /// <summary>How often a dict of threads is read that the program changes meanwhile.</summary>
    private const int MaxReadings = 3;

    private readonly ITarget _target;
    private readonly IReadOnlyList<PythonRuntime> _runtimes;
    private readonly StackOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly PageSnapshot _pages;
    private readonly bool _isOwn;
    private readonly PageHints? _hints;
    private readonly Reader?[] _readers;

    /// <param name="idle">A copy of pages whose memory can be used; null for a new one.</param>
    public PythonThreadFacts(ITarget target, IReadOnlyList<PythonRuntime> runtimes, PageSnapshot? idle, StackOptions options, CancellationToken cancellation)
    {
        _target = target;
        _runtimes = runtimes;
        _options = options;
        _cancellation = cancellation;
        _isOwn = idle is null;
        _pages = idle ?? new PageSnapshot(target.Memory, options.Limits);
        _hints = (target.Memory as ProcessMemorySource)?.FactHints;
        _readers = new Reader?[runtimes.Count];
        _pages.ClearAndFetch(_hints ?? new PageHints());
    }

    /// <summary>The copy that the facts are read from.</summary>
    public IMemorySource Memory => _pages;

    /// <summary>The name that the program has given a thread; null if it has given none.</summary>
    public string? NameOf(CapturedThread thread)
    {
        if (_target.Saved?.StateOf(thread.Address) is SavedState saved)
        {
            return saved.Name;
        }

        Reader reader = ReaderOf(thread.Runtime);
        if (!reader.Threads.TryGetValue(thread.Interpreter, out Dictionary<ulong, ulong>? objects))
        {
            objects = FindObjects(reader, thread.Interpreter);
            reader.Threads.Add(thread.Interpreter, objects);
        }

        return objects.TryGetValue(thread.PthreadId, out ulong found) ? reader.Names.NameOf(found, thread.PthreadId) : null;
    }

    /// <summary>The line of the exception that a thread handled; null if it handled none, and, with a warning, if it went on before that could be read.</summary>
    public string? ExceptionOf(CapturedThread thread)
    {
        if (_target.Saved?.StateOf(thread.Address) is SavedState saved)
        {
            return saved.Exception;
        }

        Reader reader = ReaderOf(thread.Runtime);
        if (reader.Exceptions.HasNone(thread.Address, thread.Exception))
        {
            return null;
        }

        if (reader.Exceptions.TryFind(_pages, thread.Address, thread.Exception, out ulong value))
        {
            string? text = value == 0 ? null : reader.Writer.RenderException(value);

            // If it is still the same one, it was not freed before its text was read.
            if (reader.Exceptions.TryFind(_target.Memory, thread.Address, thread.Exception, out ulong now) && now == value)
            {
                return text;
            }
        }

        thread.Warnings.Add("The thread went on before the exception that it handled, if any, could be read.");
        return null;
    }

    public void Dispose()
    {
        if (_hints is not null)
        {
            _pages.Note(_hints);
        }

        if (_isOwn)
        {
            _pages.Dispose();
        }
    }

    private Dictionary<ulong, ulong> FindObjects(Reader reader, ulong interpreter)
    {
        for (int reading = 1; ; reading++)
        {
            Dictionary<ulong, ulong> found = reader.Names.FindObjects(interpreter, _target.Memory, out bool isWhole);
            if (isWhole || reading == MaxReadings)
            {
                return found;
            }

            _pages.Clear();
            reader.Objects.Begin(_pages, _cancellation);
        }
    }

    private Reader ReaderOf(int runtime) => _readers[runtime] ??= new Reader(_runtimes[runtime], _pages, _options, _cancellation);

    /// <summary>One CPython's.</summary>
    private sealed class Reader
    {
        private readonly PythonRuntime _runtime;
        private readonly StackOptions _options;
        private readonly PageSnapshot _pages;
        private readonly CancellationToken _cancellation;
        private ReprWriter? _writer;

        public Reader(PythonRuntime runtime, PageSnapshot pages, StackOptions options, CancellationToken cancellation)
        {
            (_runtime, _pages, _options, _cancellation) = (runtime, pages, options, cancellation);
            Objects = new ObjectReader(runtime.Layout, options.Limits);
            Objects.Begin(pages, cancellation);
            Names = new ThreadNames(Objects, runtime.Threads, options.Limits);
            Exceptions = new HandledExceptions(Objects);
        }

        public ObjectReader Objects { get; }

        public ThreadNames Names { get; }

        public HandledExceptions Exceptions { get; }

        /// <summary>The <c>Thread</c> objects of each interpreter, by the identifiers of their threads.</summary>
        public Dictionary<ulong, Dictionary<ulong, ulong>> Threads { get; } = new(AddressHash.Comparer);

        public ReprWriter Writer
        {
            get
            {
                if (_writer is null)
                {
                    _writer = new ReprWriter(_runtime.Layout, (_options.Locals ?? new ValueOptions()) with { MaxLength = MaxExceptionLength }, _options.Limits);
                    _writer.Begin(_pages, _cancellation);
                }

                return _writer;
            }
        }
    }
}
