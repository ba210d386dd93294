using System;
using System.IO;

namespace PyStack.TestSupport;

/// <summary>The programs of <c>tests/Programs</c>, copied beside the tests.</summary>
public static class Programs
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Programs");

    public static string PathOf(string program) => Path.Combine(Folder, program);
}
