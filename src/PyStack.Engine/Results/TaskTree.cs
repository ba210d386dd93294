using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tasks;

namespace PyStack.Engine.Results;

/// <summary>
/// The order of tasks: each after the one above it. Of asyncio that is the first task that awaits it, of other frameworks what they say themselves. Tasks of one level are ordered by thread, then
/// by their names, numbers in them by value.
/// </summary>
internal sealed class TaskTree
{
    private readonly List<CapturedTask> _tasks;
    private readonly int[] _parents;
    private readonly List<int>[] _children;
    private readonly TaskKeys _keys = new();

    public TaskTree(List<CapturedTask> tasks)
    {
        _tasks = tasks;
        _parents = new int[tasks.Count];
        _children = new List<int>[tasks.Count];
        Dictionary<ulong, int> places = new(AddressHash.Comparer);
        for (int i = 0; i < tasks.Count; i++)
        {
            places[tasks[i].Raw.Address] = i;
        }

        for (int i = 0; i < tasks.Count; i++)
        {
            _parents[i] = ParentOf(tasks[i].Raw, i, places);
            if (_parents[i] >= 0)
            {
                (_children[_parents[i]] ??= []).Add(i);
            }
        }
    }

    /// <summary>The tasks in the tree's order, each with its depth and the one above it.</summary>
    public IEnumerable<TaskPlace> InOrder()
    {
        List<int> roots = [];
        for (int i = 0; i < _tasks.Count; i++)
        {
            if (_parents[i] < 0)
            {
                roots.Add(i);
            }
        }

        bool[] done = new bool[_tasks.Count];
        foreach (TaskPlace place in From(roots, done, TaskBranches.Top))
        {
            yield return place;
        }

        // What is left waits in a circle, or below one: the circle is cut at the first task that is found.
        for (int i = 0; i < done.Length; i++)
        {
            if (done[i])
            {
                continue;
            }

            int start = InCircle(i);
            _children[_parents[start]].Remove(start);
            _parents[start] = -1;
            foreach (TaskPlace place in From([start], done, TaskBranches.Circle))
            {
                yield return place;
            }
        }
    }

    private static int ParentOf(RawTask task, int own, Dictionary<ulong, int> places)
    {
        if (task.Parent != 0)
        {
            return places.TryGetValue(task.Parent, out int parent) && parent != own ? parent : -1;
        }

        foreach (ulong awaiter in task.AwaitedBy)
        {
            if (places.TryGetValue(awaiter, out int parent) && parent != own)
            {
                return parent;
            }
        }

        return -1;
    }

    private int InCircle(int start)
    {
        HashSet<int> seen = [];
        int at = start;
        while (seen.Add(at))
        {
            at = _parents[at];
        }

        return at;
    }

    // Without recursion: a chain of awaits can be long.
    private IEnumerable<TaskPlace> From(List<int> roots, bool[] done, TaskBranches branches)
    {
        Stack<(int Index, int Depth, bool IsLast, TaskBranches Branches)> stack = new();
        Push(roots, 0, branches, stack);
        while (stack.TryPop(out (int Index, int Depth, bool IsLast, TaskBranches Branches) next))
        {
            done[next.Index] = true;
            int parent = _parents[next.Index];
            yield return new TaskPlace(_tasks[next.Index], next.Depth, parent < 0 ? 0 : _tasks[parent].Raw.Address, next.Branches.Of(next.IsLast));
            if (_children[next.Index] is List<int> children)
            {
                Push(children, next.Depth + 1, next.Branches.Below(next.IsLast), stack);
            }
        }
    }

    private void Push(List<int> siblings, int depth, TaskBranches branches, Stack<(int Index, int Depth, bool IsLast, TaskBranches Branches)> stack)
    {
        TaskKey[] keys = new TaskKey[siblings.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = _keys.Of(_tasks[siblings[i]].Raw, siblings[i]);
        }

        Array.Sort(keys, TaskKey.Compare);
        for (int i = keys.Length - 1; i >= 0; i--)
        {
            stack.Push((keys[i].Index, depth, i == keys.Length - 1, branches));
        }
    }
}

/// <summary>A task's place in the tree.</summary>
/// <param name="Parent">The address of the one above it; 0 for none.</param>
/// <param name="Branch">What is drawn before it.</param>
internal readonly record struct TaskPlace(CapturedTask Task, int Depth, ulong Parent, string Branch);
