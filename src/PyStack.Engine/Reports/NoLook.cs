using System.Collections.Generic;

namespace PyStack.Engine.Reports;

/// <summary>The objects alone.</summary>
internal sealed class NoLook : IReportLook
{
    public static readonly NoLook Instance = new();

    public PyProcess? Describe(int processId, ProgramIdentity? program) => null;

    public IReadOnlyList<(string Path, string BuildId)> Builds(int processId, ProgramIdentity? program) => [];

    public SourceExcerpt? Around(PyFrame frame, ProgramIdentity? program) => null;
}
