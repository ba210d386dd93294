using System;
using System.Collections.Generic;
using Markdig;
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

        YamlBlock yaml = YamlBlock.Read(code[0]);
        var sets = new List<HelpParameterSet>();
        foreach (YamlBlock set in yaml.Mappings("ParameterSets"))
        {
            sets.Add(new HelpParameterSet(
                set.Text("Name"),
                set.Text("Position"),
                set.Flag("IsRequired"),
                set.Flag("ValueFromPipeline"),
                set.Flag("ValueFromPipelineByPropertyName")));
        }

        return new HelpParameter(
            section.Title[1..],
            section.Paragraphs(),
            yaml.Text("Type"),
            yaml.Text("DefaultValue"),
            yaml.Flag("SupportsWildcards"),
            yaml.List("Aliases"),
            sets);
    }
}
