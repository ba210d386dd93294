using System;
using System.Collections.Generic;
using System.Text;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace PyStack.HelpBuilder;

/// <summary>A heading with its content, down to the next heading of its level.</summary>
internal sealed class Section(string title, int level)
{
    private readonly List<Block> _blocks = [];

    public string Title { get; } = title;

    public List<Section> Sections { get; } = [];

    /// <summary>The content between the heading and its first subsection, in order.</summary>
    public IReadOnlyList<Block> Blocks => _blocks;

    /// <summary>A section that must be there.</summary>
    public Section this[string title] => Sections.Find(s => s.Title == title) ?? throw new FormatException($"section {title} is missing");

    /// <summary>The one section of level 1, with all others inside.</summary>
    public static Section Outline(MarkdownDocument document)
    {
        var path = new Stack<Section>();
        Section? page = null;
        foreach (Block block in document)
        {
            if (block is HeadingBlock heading)
            {
                while (path.Count > 0 && path.Peek().Level >= heading.Level)
                {
                    path.Pop();
                }

                var section = new Section(PlainText(heading.Inline), heading.Level);
                if (path.TryPeek(out Section? parent))
                {
                    parent.Sections.Add(section);
                }

                page ??= section;
                path.Push(section);
            }
            else if (block is not YamlFrontMatterBlock && path.TryPeek(out Section? owner))
            {
                owner._blocks.Add(block);
            }
        }

        return page ?? throw new FormatException("there is no title");
    }

    /// <summary>The text, a string for each paragraph or list item; code blocks are left out.</summary>
    public List<string> Paragraphs()
    {
        var paragraphs = new List<string>();
        foreach (Block block in _blocks)
        {
            if (block is ListBlock list)
            {
                foreach (Block item in list)
                {
                    paragraphs.Add("- " + PlainText((item as ListItemBlock)?.LastChild as LeafBlock));
                }
            }
            else if (block is ParagraphBlock paragraph)
            {
                paragraphs.Add(PlainText(paragraph.Inline));
            }
        }

        return paragraphs;
    }

    /// <summary>The fenced code blocks of a language.</summary>
    public List<string> Code(string language)
    {
        var code = new List<string>();
        foreach (Block block in _blocks)
        {
            if (block is FencedCodeBlock fenced && fenced.Info == language)
            {
                code.Add(fenced.Lines.ToString());
            }
        }

        return code;
    }

    /// <summary>The links of all paragraphs.</summary>
    public List<HelpLink> Links()
    {
        var links = new List<HelpLink>();
        foreach (Block block in _blocks)
        {
            if (block is ParagraphBlock { Inline: { } inlines })
            {
                foreach (LinkInline link in inlines.FindDescendants<LinkInline>())
                {
                    links.Add(new HelpLink(PlainText(link), link.Url ?? ""));
                }
            }
        }

        return links;
    }

    private int Level { get; } = level;

    /// <summary>A paragraph's text without its markup.</summary>
    public static string PlainText(LeafBlock? block) => PlainText(block?.Inline);

    private static string PlainText(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        if (inlines is not null)
        {
            foreach (Inline inline in inlines.Descendants())
            {
                text.Append(inline switch
                {
                    LiteralInline literal => literal.Content.ToString(),
                    CodeInline code => code.Content,
                    HtmlEntityInline entity => entity.Transcoded.ToString(),
                    LineBreakInline => " ",
                    _ => "",
                });
            }
        }

        return text.ToString();
    }
}
