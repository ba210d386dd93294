using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace PyStack.HelpBuilder;

/// <summary>Writes pages of help as MAML, the XML that <c>Get-Help</c> reads.</summary>
public static class MamlWriter
{
    private static readonly XNamespace Root = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>All pages as one document.</summary>
    public static XDocument Write(IEnumerable<HelpPage> pages)
    {
        var items = new XElement(Root + "helpItems", new XAttribute("schema", "maml"));
        foreach (HelpPage page in pages)
        {
            items.Add(Page(page));
        }

        return new XDocument(new XDeclaration("1.0", "utf-8", null), items);
    }

    private static XElement Page(HelpPage page)
    {
        string[] name = page.Name.Split('-', 2);
        return new XElement(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                Command + "details",
                new XElement(Command + "name", page.Name),
                new XElement(Command + "verb", name[0]),
                new XElement(Command + "noun", name[^1]),
                Description([page.Synopsis])),
            Description(page.Description),
            new XElement(Command + "syntax", Syntax(page)),
            new XElement(Command + "parameters", page.Parameters.Select(p => Parameter(p, p.Sets[0]))),
            new XElement(Command + "inputTypes", page.Inputs.Select(t => Type("inputType", t))),
            new XElement(Command + "returnValues", page.Outputs.Select(t => Type("returnValue", t))),
            new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
            new XElement(Command + "examples", page.Examples.Select(Example)),
            new XElement(Maml + "relatedLinks", Online(page), page.Links.Select(Link)));
    }

    private static IEnumerable<XElement> Syntax(HelpPage page)
    {
        foreach (string set in page.SyntaxSets)
        {
            var item = new XElement(Command + "syntaxItem", new XElement(Maml + "name", page.Name));

            // As PowerShell itself writes a syntax: by position, then those that must be given, then the others.
            IEnumerable<(HelpParameter Parameter, HelpParameterSet Binding)> bound =
                from parameter in page.Parameters
                let binding = parameter.Sets.FirstOrDefault(s => s.Name == set || s.Name == "(All)")
                where binding is not null
                orderby binding.Position == "Named", binding.Position, !binding.IsRequired
                select (parameter, binding);
            foreach ((HelpParameter parameter, HelpParameterSet binding) in bound)
            {
                item.Add(Parameter(parameter, binding));
            }

            yield return item;
        }
    }

    private static XElement Parameter(HelpParameter parameter, HelpParameterSet set)
    {
        bool isSwitch = parameter.Type == "System.Management.Automation.SwitchParameter";
        var element = new XElement(
            Command + "parameter",
            new XAttribute("required", set.IsRequired ? "true" : "false"),
            new XAttribute("variableLength", "true"),
            new XAttribute("globbing", parameter.SupportsWildcards ? "true" : "false"),
            new XAttribute("pipelineInput", PipelineInput(set)),
            new XAttribute("position", set.Position == "Named" ? "named" : set.Position),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            Description(parameter.Description));
        if (!isSwitch)
        {
            // `Get-Help` takes a parameter without a value for a switch.
            element.Add(new XElement(
                Command + "parameterValue",
                new XAttribute("required", "true"),
                new XAttribute("variableLength", "false"),
                ShortName(parameter.Type)));
        }

        element.Add(
            new XElement(Dev + "type", new XElement(Maml + "name", ShortName(parameter.Type)), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", parameter.DefaultValue.Length == 0 ? "None" : parameter.DefaultValue));
        return element;
    }

    private static string PipelineInput(HelpParameterSet set) => (set.FromPipeline, set.FromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string ShortName(string type) => type switch
    {
        "System.Int32" => "int",
        "System.Int32[]" => "int[]",
        "System.String" => "string",
        "System.String[]" => "string[]",
        _ => type[(type.LastIndexOf('.') + 1)..],
    };

    private static XElement Type(string element, HelpType type) => new(
        Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", type.Name), new XElement(Maml + "uri")),
        Description(type.Description));

    private static XElement Example(HelpExample example) => new(
        Command + "example",
        new XElement(Maml + "title", example.Title),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs(Shown(example)), Paragraphs(example.Remarks), Paragraphs([""])));

    // `Get-Help` writes paragraphs one below the other: an empty one separates the output from the remarks.
    private static string[] Shown(HelpExample example) => example.Output.Length > 0 ? [example.Output, ""] : [];

    // `Get-Help -Online` opens the first link.
    private static XElement Online(HelpPage page) => new(Maml + "navigationLink", new XElement(Maml + "linkText", "Online version:"), new XElement(Maml + "uri", page.HelpUri));

    // Without an address: those of our own pages are relative, and the address of a page that is not ours is in the text.
    private static XElement Link(HelpLink link)
        => new(Maml + "navigationLink", new XElement(Maml + "linkText", link.Uri.StartsWith("https:", System.StringComparison.Ordinal) ? $"{link.Text}: {link.Uri}" : link.Text), new XElement(Maml + "uri"));

    private static XElement Description(IEnumerable<string> paragraphs) => new(Maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) => paragraphs.Select(p => new XElement(Maml + "para", p));
}
