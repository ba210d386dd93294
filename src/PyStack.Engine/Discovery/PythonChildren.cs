using System;
using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Discovery;

/// <summary>The Python processes among the descendants of a process that loads Python without running it, as Apache does for mod_wsgi.</summary>
internal static class PythonChildren
{
    // A service has hundreds of them, and an error is written for each call.
    private const int MaxExamined = 64;
    private const int MaxNamed = 3;

    /// <summary>The error of the process, with advice to read its children if they have Python.</summary>
    public static EngineException Advise(int processId, EngineException error)
    {
        List<int> found = Find(processId, out bool areAll);
        if (found.Count == 0)
        {
            return error;
        }

        string names = string.Join(", ", found.ConvertAll(id => id.ToString(CultureInfo.InvariantCulture))[..Math.Min(found.Count, MaxNamed)]);
        string others = found.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {(areAll ? "" : "at least ")}{found.Count - MaxNamed} more") : "";
        string subject = found.Count == 1 ? $"Its child process {names} has" : $"Its child processes {names}{others} have";
        return new EngineException(
            error.Error, error.Message, $"{subject} Python, too: Get-PyStack -Id {processId} -IncludeChildren shows the stacks of the children. {error.RecommendedAction}", error);
    }

    /// <summary>Those of the process that have Python, a parent before its children.</summary>
    /// <param name="areAll">Whether all descendants were examined.</param>
    public static List<int> Find(int processId, out bool areAll)
    {
        InterpreterFinder finder = new();
        List<int> found = [];
        List<int> descendants = ProcessTree.Read().Descendants(processId);
        areAll = descendants.Count <= MaxExamined;
        foreach (int id in descendants[..Math.Min(descendants.Count, MaxExamined)])
        {
            if (finder.Examine(id, id, out PythonProcess? process) == 0 && process is not null)
            {
                found.Add(id);
            }
        }

        return found;
    }
}
