using System;
using System.Collections.Generic;
using System.IO;
using PyStack.HelpBuilder;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: PyStack.HelpBuilder FOLDER-OF-MARKDOWN OUTPUT-FOLDER");
    return 64;
}

var pages = new List<HelpPage>();
string[] files = Directory.GetFiles(args[0], "*.md");
Array.Sort(files, StringComparer.Ordinal);
foreach (string file in files)
{
    try
    {
        string name = Path.GetFileNameWithoutExtension(file);
        string markdown = File.ReadAllText(file);
        if (name.StartsWith("about_", StringComparison.Ordinal))
        {
            File.WriteAllText(Path.Combine(args[1], name + ".help.txt"), AboutTopicWriter.Write(markdown));
        }
        else
        {
            pages.Add(HelpPageReader.Read(markdown));
        }
    }
    catch (FormatException exception)
    {
        // In the form that MSBuild recognizes as an error, so that the build names the file.
        Console.Error.WriteLine($"{file}: error HELP001: {exception.Message}");
        return 1;
    }
}

MamlWriter.Write(pages).Save(Path.Combine(args[1], "PyStack.PowerShell.dll-Help.xml"));
return 0;
