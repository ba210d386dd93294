using System.Collections.Generic;

namespace PyStack.Engine.Results;

/// <summary>What is in the brackets of a thread's header.</summary>
internal static class ThreadStatus
{
    public static string Describe(bool isTerminated, PyGilState gil, bool? isCollectingGarbage)
    {
        List<string> words = [];
        if (isTerminated)
        {
            words.Add("Thread terminated");
        }

        string? lockState = gil switch
        {
            PyGilState.Held => "Has the GIL",
            PyGilState.Waiting => "Waiting for the GIL",
            PyGilState.Dropping => "Dropping the GIL",
            _ => null,
        };
        if (lockState is not null)
        {
            words.Add(lockState);
        }

        if (isCollectingGarbage == true)
        {
            words.Add("Garbage collecting");
        }

        return string.Join(',', words);
    }
}
