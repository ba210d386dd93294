using System.Collections.Generic;
using PyStack.Engine.Reports;

namespace PyStack.Pages.Tests;

/// <summary>Lines around those of <c>/srv/shop/bank.py</c>, as a running process would give them.</summary>
internal sealed class SampleExcerpts : IReportLook
{
    public static readonly SampleExcerpts Instance = new();

    private static readonly Dictionary<int, SourceExcerpt> Known = new()
    {
        [21] = new(18, ["    def transfer(self, other, amount):", "        first, second = self.lock, other.lock", "        with first:", "        with second:", "            self.balance -= amount", "            other.balance += amount"]),
        [44] = new(41, ["", "def total(accounts):", "    # The books must balance.", "    return sum(", "        account.balance", "        for account in accounts)", ""]),
    };

    public PyProcess? Describe(int processId, ProgramIdentity? program) => null;

    public IReadOnlyList<(string Path, string BuildId)> Builds(int processId, ProgramIdentity? program) => processId == 112 ? [("/usr/bin/python3.12", "4f1d6a5e0c9b8a7f4f1d6a5e0c9b8a7f4f1d6a5e")] : [];

    public SourceExcerpt? Around(PyFrame frame, ProgramIdentity? program) => frame.File == "/srv/shop/bank.py" && frame.Line is int line ? Known.GetValueOrDefault(line) : null;
}
