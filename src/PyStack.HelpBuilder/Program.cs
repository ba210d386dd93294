using System;
using System.Collections.Generic;
using System.IO;
using PyStack.HelpBuilder;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: PyStack.HelpBuilder FOLDER-OF-MARKDOWN OUTPUT.xml");
    return 64;
}

var pages = new List<HelpPage>();
string[] files = Directory.GetFiles(args[0], "*.md");
Array.Sort(files, StringComparer.Ordinal);
foreach (string file in files)
{
    try
    {
        pages.Add(HelpPageReader.Read(File.ReadAllText(file)));
    }
    catch (FormatException exception)
    {
        // In the form that MSBuild takes for an error of its own, so that the build names the file.
        Console.Error.WriteLine($"{file}: error HELP001: {exception.Message}");
        return 1;
    }
}

MamlWriter.Write(pages).Save(args[1]);
return 0;
