using System;
using System.Text;
using Markdig;
using Markdig.Syntax;

namespace PyStack.HelpBuilder;

/// <summary>Writes a page <c>about_X.md</c> as the text that <c>Get-Help about_X</c> shows.</summary>
public static class AboutTopicWriter
{
    // What fits a terminal of 80 columns.
    private const int Width = 78;
    private const string Indent = "    ";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseYamlFrontMatter().Build();

    /// <summary>The topic's text. Its fifth line is the short description: that is where PowerShell takes the synopsis from.</summary>
    /// <exception cref="FormatException">A section that belongs there is missing, or it has an element that cannot be written as text.</exception>
    public static string Write(string markdown)
    {
        Section page = Section.Outline(Markdown.Parse(markdown, Pipeline));
        _ = page["Short description"];
        _ = page["Long description"];
        var text = new StringBuilder("TOPIC\n").Append(Indent).Append(page.Title).Append('\n');
        foreach (Section section in page.Sections)
        {
            text.Append('\n').Append(section.Title.ToUpperInvariant()).Append('\n');
            AppendBlocks(text, section);
            foreach (Section part in section.Sections)
            {
                text.Append("\n  ").Append(part.Title).Append('\n');
                AppendBlocks(text, part);
            }
        }

        return text.ToString();
    }

    private static void AppendBlocks(StringBuilder text, Section section)
    {
        for (int i = 0; i < section.Blocks.Count; i++)
        {
            text.Append(i > 0 ? "\n" : "");
            switch (section.Blocks[i])
            {
                case ParagraphBlock paragraph:
                    AppendWrapped(text, Section.PlainText(paragraph), Indent, Indent);
                    break;
                case ListBlock list:
                    foreach (Block item in list)
                    {
                        AppendWrapped(text, Section.PlainText((item as ListItemBlock)?.LastChild as LeafBlock), Indent + "- ", Indent + "  ");
                    }

                    break;
                case FencedCodeBlock code:
                    foreach (string line in code.Lines.ToString().Split('\n'))
                    {
                        text.Append(Indent).Append(Indent).Append(line).Append('\n');
                    }

                    break;
                default:
                    throw new FormatException($"{section.Title} has a {section.Blocks[i].GetType().Name}, which is not known here");
            }
        }
    }

    private static void AppendWrapped(StringBuilder text, string paragraph, string first, string next)
    {
        int column = 0;
        foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
                first = next;
            }

            string before = column == 0 ? first : " ";
            text.Append(before).Append(word);
            column += before.Length + word.Length;
        }

        text.Append('\n');
    }
}
