using System;
using System.Collections.Generic;
using Markdig;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;

namespace PyStack.HelpBuilder;

/// <summary>Reads a page of PlatyPS markdown.</summary>
public static class HelpPageReader
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseYamlFrontMatter().Build();

    /// <summary>Reads one page.</summary>
    /// <exception cref="FormatException">A section or a value that belongs there is missing.</exception>
    public static HelpPage Read(string markdown)
    {
        MarkdownDocument document = Markdown.Parse(markdown, Pipeline);
        Section page = Section.Outline(document);
        return new HelpPage(
            page.Title,
            HelpUri(document),
            string.Join(' ', page["SYNOPSIS"].Paragraphs()),
            page["SYNTAX"].Sections.ConvertAll(set => set.Title.Replace(" (Default)", "", StringComparison.Ordinal)),
            page["DESCRIPTION"].Paragraphs(),
            page["EXAMPLES"].Sections.ConvertAll(Example),
            page["PARAMETERS"].Sections.FindAll(s => s.Title.StartsWith('-')).ConvertAll(Parameter),
            page["INPUTS"].Sections.ConvertAll(Type),
            page["OUTPUTS"].Sections.ConvertAll(Type),
            page["NOTES"].Paragraphs(),
            page["RELATED LINKS"].Links());
    }

    private static string HelpUri(MarkdownDocument document)
        => document is [YamlFrontMatterBlock block, ..] ? PageYaml.Read<PageYaml.FrontMatter>(block.Lines.ToString()).HelpUri : throw new FormatException("there is no front matter");

    private static HelpExample Example(Section section)
    {
        List<string> code = section.Code("powershell");
        return code.Count > 0
            ? new HelpExample(section.Title, string.Join('\n', code), string.Join('\n', section.Code("Output")), section.Paragraphs())
            : throw new FormatException($"{section.Title} has no ```powershell block");
    }

    private static HelpType Type(Section section) => new(section.Title, section.Paragraphs());

    private static HelpParameter Parameter(Section section)
    {
        List<string> code = section.Code("yaml");
        if (code.Count != 1)
        {
            throw new FormatException($"{section.Title} has {code.Count} ```yaml blocks");
        }

        PageYaml.Parameter yaml = PageYaml.Read<PageYaml.Parameter>(code[0]);
        return new HelpParameter(
            section.Title[1..],
            section.Paragraphs(),
            yaml.Type,
            yaml.DefaultValue,
            yaml.SupportsWildcards,
            yaml.Aliases,
            yaml.ParameterSets.ConvertAll(set => new HelpParameterSet(set.Name, set.Position, set.IsRequired, set.ValueFromPipeline, set.ValueFromPipelineByPropertyName)));
    }
}
