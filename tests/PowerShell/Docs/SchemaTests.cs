using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>docs/schemas.md says what the objects have, and what Python's json and csv read of what PowerShell writes.</summary>
public sealed partial class SchemaTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "schemas.md"));

    [GeneratedRegex(@"^\| `(\w+)` \| ([a-z ]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    /// <summary>The properties of a table in their order, and their types.</summary>
    private static List<KeyValuePair<string, string>> Table(string title)
        => [.. Row().Matches(Text.Split($"\n## {title}\n")[1].Split("\n## ")[0]).Select(row => KeyValuePair.Create(row.Groups[1].Value, row.Groups[2].Value))];

    [Theory]
    [InlineData("Threads", typeof(PyThread))]
    [InlineData("Tasks", typeof(PyTask))]
    [InlineData("Waits", typeof(PyWait))]
    [InlineData("Deadlocks", typeof(PyDeadlock))]
    [InlineData("Frames", typeof(PyFrame))]
    [InlineData("Processes", typeof(PyProcess))]
    public void The_table_has_the_properties_of_the_type_in_their_order(string title, Type type)
        => Assert.Equal(type.GetProperties().Select(property => KeyValuePair.Create(property.Name, TypeOf(property))), Table(title));

    [Theory]
    [InlineData("Threads", "PyStack.PyThread")]
    [InlineData("Tasks", "PyStack.PyTask")]
    [InlineData("Processes", "PyStack.PyProcess")]
    public void Clixml_has_the_same_properties(string title, string type)
    {
        string types = File.ReadAllText(Path.Combine(Repository.Root, "src", "PyStack.PowerShell", "PyStack.Types.ps1xml"));
        string set = types.Split($"<Name>{type}</Name>")[1].Split("<Name>PropertySerializationSet</Name>")[1].Split("</PropertySet>")[0];
        Assert.Equal(Table(title).Select(row => row.Key), Regex.Matches(set, "<Name>(.*?)</Name>").Select(name => name.Groups[1].Value));
    }

    [Fact]
    public void Python_reads_the_JSON_and_the_CSV_as_the_document_says()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using Target service = Target.StartSilent(
            InterpreterSet.All.Last(one => one.Major == 3 && one.Minor is >= 8 and <= 12), "", new TargetOptions { InterpreterOptions = [Path.Combine(Repository.Root, "docs", "examples", "hanging_service.py")], IsKilledAtEnd = true });
        Assert.Equal("ready", service.ReadLine());
        using var folder = new TemporaryFolder();
        string tables = folder.Write("tables.json", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["threads"] = Table("Threads"), ["tasks"] = Table("Tasks"), ["waits"] = Table("Waits"), ["frames"] = Table("Frames"), ["processes"] = Table("Processes") }));
        string reader = Path.Combine(Repository.Root, "tests", "PowerShell", "Docs", "schemas.py");
        HostResult result = RealShell.Run(
            $$"""
            $threads = @(Get-PyStack {{target.Id}} -Locals -NativeAll)
            $threads + @(Get-PyStack {{target.Id}}) | ConvertTo-Json -Depth 4 -AsArray -WarningAction Stop | Set-Content {{folder.Path}}/stacks.json
            Get-PyTask {{service.ProcessId}} -Locals | ConvertTo-Json -Depth 4 -WarningAction Stop | Set-Content {{folder.Path}}/tasks.json
            $threads | Export-Csv {{folder.Path}}/threads.csv
            $threads.Frames | Export-Csv {{folder.Path}}/frames.csv
            Get-PyProcess -Id {{target.Id}} | ConvertTo-Json -Depth 4 -AsArray -WarningAction Stop | Set-Content {{folder.Path}}/processes.json
            python3 {{reader}} {{tables}} {{folder.Path}}
            """);
        Assert.Equal(("read\n", ""), (result.Output, result.Error));
    }

    private static string TypeOf(PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        string name = type switch
        {
            _ when type == typeof(string) || type.IsEnum => "string",
            _ when type == typeof(bool) => "boolean",
            _ when type == typeof(DateTime) => "time",
            _ when type == typeof(PyTextList) => "array of strings",
            _ when type == typeof(PyFrameList) => "array of frames",
            _ when type == typeof(PyInterpreterList) => "array of interpreters",
            _ when type == typeof(PyThreadList) => "array of threads",
            _ when type == typeof(PyTaskList) => "array of tasks",
            _ when type == typeof(PyVariables) => "object",
            _ when type == typeof(PyWait) => "wait",
            _ when type.IsPrimitive => "number",
            _ => throw new NotSupportedException($"{property.Name} is {type}"),
        };
        bool isNullable = type != property.PropertyType || (!type.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable);
        return isNullable ? name + " or null" : name;
    }
}
