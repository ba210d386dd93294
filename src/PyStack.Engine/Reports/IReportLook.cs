using System.Collections.Generic;

namespace PyStack.Engine.Reports;

/// <summary>What a report can still find out about the processes of its objects.</summary>
internal interface IReportLook
{
    /// <summary>The process, if it still runs the program that an object was read from.</summary>
    /// <returns>Null if it does not, or if that is not known.</returns>
    PyProcess? Describe(int processId, ProgramIdentity? program);

    /// <summary>The build-ids of its program and of its interpreters, by their files.</summary>
    IReadOnlyList<(string Path, string BuildId)> Builds(int processId, ProgramIdentity? program);

    /// <summary>The lines around a frame's line.</summary>
    /// <returns>Null if they are not known, or not sure to be those that the frame has its line from.</returns>
    SourceExcerpt? Around(PyFrame frame, ProgramIdentity? program);
}

/// <summary>Some lines of a file.</summary>
/// <param name="First">The number of the first one.</param>
internal sealed record SourceExcerpt(int First, IReadOnlyList<string> Lines)
{
    /// <summary>How many lines before and after a frame's line are shown.</summary>
    public const int Reach = 5;
}
