using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Sessions;

/// <summary>The processes of a measurement with those that they start, also while it lasts: a thread of its own looks for them, so that no sample is missed for it.</summary>
internal sealed class ProfileFamilies(ProfileSession session, Func<ProcessTree> readTree, IEngineLog log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>A process without Python is looked at again, because it may start Python: each time after twice as many looks.</summary>
    private const int MaxPatience = 64;

    private readonly Dictionary<int, ProcessFamily> _families = [];
    private readonly Dictionary<int, (int Next, int Patience)> _retries = [];
    private readonly Dictionary<int, EngineException> _failed = [];
    private int _look;

    /// <summary>Whether any process of the families still runs, so that others can begin.</summary>
    public bool MayGrow { get; private set; } = true;

    /// <summary>Adds a process whose children are looked for. That it has no Python itself is no error yet.</summary>
    /// <exception cref="EngineException">It cannot be examined.</exception>
    public void Add(int root, CancellationToken cancellation)
    {
        ProcessFamily family = new(new ProcessTree([]), root);
        Open(family, root, cancellation);
        _families[root] = family;
    }

    /// <summary>Looks once for processes that have begun.</summary>
    public bool Look(CancellationToken cancellation)
    {
        _look++;
        ProcessTree tree = readTree();
        bool mayGrow = false;
        foreach (ProcessFamily family in _families.Values)
        {
            family.Update(tree);
            foreach (int member in family.Members)
            {
                cancellation.ThrowIfCancellationRequested();
                if (session.IsMeasured(member))
                {
                    mayGrow = true;
                }
                else if (IsRunning(member))
                {
                    mayGrow = true;
                    TryOpen(family, member, cancellation);
                }
            }
        }

        MayGrow = mayGrow;
        return true;
    }

    /// <summary>Looks again and again, until what it returns is disposed of.</summary>
    public IDisposable Watch(CancellationToken cancellation) => new Watcher(this, cancellation);

    /// <summary>Which processes could not be measured, after all.</summary>
    public List<(int ProcessId, EngineException Error)> Failures()
    {
        List<(int, EngineException)> failures = [];
        foreach (ProcessFamily family in _families.Values)
        {
            failures.AddRange(family.Failures(log.Verbose));
        }

        foreach ((int processId, EngineException error) in _failed)
        {
            failures.Add((processId, error));
        }

        return failures;
    }

    private bool IsDue(int processId)
    {
        (int next, int patience) = _retries.GetValueOrDefault(processId, (0, 1));
        if (_look < next)
        {
            return false;
        }

        _retries[processId] = (_look + patience, Math.Min(patience * 2, MaxPatience));
        return true;
    }

    // One that has ended and was not waited for is still in the tree.
    private static bool IsRunning(int processId)
    {
        try
        {
            return !ProcessFacts.Read(processId).IsEnded;
        }
        catch (EngineException)
        {
            return false;
        }
    }

    private void TryOpen(ProcessFamily family, int processId, CancellationToken cancellation)
    {
        if (!IsDue(processId))
        {
            return;
        }

        try
        {
            Open(family, processId, cancellation);
            _ = _failed.Remove(processId);
        }
        catch (EngineException error)
        {
            _failed[processId] = error;
        }
    }

    private void Open(ProcessFamily family, int processId, CancellationToken cancellation)
        => family.Add(processId, family.Read(processId, id =>
        {
            session.Add(id, cancellation);
            return [];
        }));

    private void Warn(Exception e) => log.Warning($"Processes that begin from now on are not measured: {e.GetType().Name}: {e.Message}");

    private sealed class Watcher : IDisposable
    {
        private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

        private readonly CancellationTokenSource _stop;
        private readonly Thread _thread;

        public Watcher(ProfileFamilies families, CancellationToken cancellation)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            CancellationToken token = _stop.Token;
            _thread = new Thread(() => Run(families, token)) { IsBackground = true, Name = "PyStack children" };
            _thread.Start();
        }

        // A process that does not answer may hold up the thread. It ends by itself when the call returns.
        public void Dispose()
        {
            _stop.Cancel();
            if (_thread.Join(Grace))
            {
                _stop.Dispose();
            }
        }

        private static void Run(ProfileFamilies families, CancellationToken token)
        {
            try
            {
                while (!token.WaitHandle.WaitOne(LookEvery))
                {
                    _ = families.Look(token);
                }
            }
            catch (OperationCanceledException)
            {
                // The measurement has ended.
            }
            catch (Exception e)
            {
                // Not in the thread's own hands: it would end PowerShell.
                families.Warn(e);
            }
        }
    }
}
