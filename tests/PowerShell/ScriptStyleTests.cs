using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation.Language;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests;

/// <summary>
/// Rules of PSScriptAnalyzer that our scripts have broken. The analyzer itself is no NuGet package, so where it is not installed (<see cref="PesterFileTests"/> runs it) these are checked
/// here, on the parser's tree.
/// </summary>
public sealed class ScriptStyleTests
{
    // PSUseShouldProcessForStateChangingFunctions: a function with one of these verbs is expected to have -WhatIf.
    private static readonly string[] StateChangingVerbs = ["New", "Set", "Remove", "Start", "Stop", "Restart", "Reset", "Update"];

    // PSUseUsingScopeModifierInNewRunspaces, with ForEach-Object -Parallel. As the analyzer has it, a member of such a variable ($using:x.Id) is one of ours as well.
    private static readonly string[] NewRunspaces = ["Start-Job", "Start-ThreadJob"];

    public static TheoryData<string> Scripts =>
    [
        .. ((string[])["src/PyStack.PowerShell", "tests/Pester", "tests/PowerShell/Docs", "tests/PowerShell/Fleet", "docs/examples", "docs/examples/alarm", "bench", "bench/gapmeter", ""])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.ps*1"))
            .Where(file => Path.GetExtension(file) is ".ps1" or ".psm1")
            .Select(file => Path.GetRelativePath(Repository.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void No_function_is_named_as_if_it_had_WhatIf(string script) => Assert.DoesNotContain(
        All<FunctionDefinitionAst>(script), function => StateChangingVerbs.Contains(function.Name.Split('-')[0], StringComparer.OrdinalIgnoreCase));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void No_command_has_three_arguments_without_their_names(string script) => Assert.DoesNotContain(
        All<CommandAst>(script), command => command.GetCommandName() is { } name && name.Contains('-', StringComparison.Ordinal) && Unnamed(command) > 2);

    [Theory]
    [MemberData(nameof(Scripts))]
    public void What_runs_in_another_session_has_variables_of_ours_by_using(string script) => Assert.All(
        All<CommandAst>(script).SelectMany(BlocksForAnotherSession),
        block =>
        {
            List<VariableExpressionAst> variables = [.. block.FindAll(ast => ast is VariableExpressionAst, searchNestedScriptBlocks: true).Cast<VariableExpressionAst>()];
            string[] own = [.. variables.Where(variable => variable.Parent is AssignmentStatementAst).Select(variable => variable.VariablePath.UserPath), "_", "args", "input", "LASTEXITCODE", "null", "true", "false"];
            Assert.DoesNotContain(variables, variable => variable.Parent is not UsingExpressionAst && !own.Contains(variable.VariablePath.UserPath));
        });

    private static IEnumerable<T> All<T>(string script)
        where T : Ast
        => Parser.ParseFile(Path.Combine(Repository.Root, script), out _, out _).FindAll(ast => ast is T, searchNestedScriptBlocks: true).Cast<T>();

    // As PSAvoidUsingPositionalParameters counts: what follows no parameter's name. What is splatted may be names and values.
    private static int Unnamed(CommandAst command) => command.CommandElements.Any(element => element is VariableExpressionAst { Splatted: true })
        ? 0
        : command.CommandElements.Skip(1).Where((element, i) => element is not CommandParameterAst && command.CommandElements[i] is not CommandParameterAst).Count();

    private static IEnumerable<ScriptBlockExpressionAst> BlocksForAnotherSession(CommandAst command) => command.CommandElements
        .Where((element, i) => NewRunspaces.Contains(command.GetCommandName(), StringComparer.OrdinalIgnoreCase)
            || (i > 0 && command.CommandElements[i - 1] is CommandParameterAst parameter && parameter.ParameterName.StartsWith("Parallel", StringComparison.OrdinalIgnoreCase)))
        .OfType<ScriptBlockExpressionAst>();
}
