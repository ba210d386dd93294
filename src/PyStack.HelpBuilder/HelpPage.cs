using System.Collections.Generic;

namespace PyStack.HelpBuilder;

/// <summary>A cmdlet's help page in PlatyPS 1.0 markdown (schema 2024-05-01).</summary>
/// <param name="HelpUri">The address of the published page.</param>
/// <param name="SyntaxSets">The parameter sets in the order of their syntaxes, the default one first.</param>
public sealed record HelpPage(
    string Name,
    string HelpUri,
    string Synopsis,
    IReadOnlyList<string> SyntaxSets,
    IReadOnlyList<string> Description,
    IReadOnlyList<HelpExample> Examples,
    IReadOnlyList<HelpParameter> Parameters,
    IReadOnlyList<HelpType> Inputs,
    IReadOnlyList<HelpType> Outputs,
    IReadOnlyList<string> Notes,
    IReadOnlyList<HelpLink> Links);

/// <summary>One example: the command, its output (or nothing), and the remarks.</summary>
public sealed record HelpExample(string Title, string Code, string Output, IReadOnlyList<string> Remarks);

/// <summary>One parameter. <see cref="Sets"/> says how it binds in each parameter set.</summary>
public sealed record HelpParameter(
    string Name,
    IReadOnlyList<string> Description,
    string Type,
    string DefaultValue,
    bool SupportsWildcards,
    IReadOnlyList<string> Aliases,
    IReadOnlyList<HelpParameterSet> Sets);

/// <summary>How a parameter binds in one parameter set; the position is a number or <c>Named</c>.</summary>
public sealed record HelpParameterSet(string Name, string Position, bool IsRequired, bool FromPipeline, bool FromPipelineByPropertyName);

/// <summary>An input or output type.</summary>
public sealed record HelpType(string Name, IReadOnlyList<string> Description);

/// <summary>A related link.</summary>
public sealed record HelpLink(string Text, string Uri);
