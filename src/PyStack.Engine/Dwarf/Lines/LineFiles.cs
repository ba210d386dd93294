using System;
using System.Collections.Generic;
using PyStack.Engine.Dwarf.Info;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Lines;

/// <summary>The names of files in the header of a line table (DWARF 5, 6.2.4), by the index that rows and calls use.</summary>
internal static class LineFiles
{
    /// <summary>Files of one table.</summary>
    public const int MaxFiles = 1 << 20;

    private const int MaxFormats = 255;

    /// <summary>PATH_MAX of linux/limits.h.</summary>
    private const int LongestPath = 4096;

    /// <summary>Bytes of a string in addition to its characters, and of its slot in a table.</summary>
    private const int StringBytes = 64;

    // DW_LNCT_* (table 7.27).
    private const ulong ContentPath = 1;
    private const ulong ContentDirectory = 2;

    /// <summary>Before version 5: zero-terminated names; directories and files count from 1, and 0 is the compilation directory.</summary>
    public static bool TryRead(ref ByteCursor cursor, Dictionary<int, string> files, BinaryBudget budget)
    {
        List<string> directories = [""];
        while (cursor.TryReadString(out ReadOnlySpan<byte> directory))
        {
            if (directory.IsEmpty)
            {
                for (int i = 1; i < MaxFiles && cursor.TryReadString(out ReadOnlySpan<byte> name); i++)
                {
                    if (name.IsEmpty)
                    {
                        return true;
                    }

                    if (!cursor.TryReadUleb128(out ulong index)
                        || !cursor.TryReadUleb128(out _)
                        || !cursor.TryReadUleb128(out _)
                        || !TryDecode(name, budget, out string text)
                        || !TryJoin(index < (ulong)directories.Count ? directories[(int)index] : "", text, budget, out string path))
                    {
                        return false;
                    }

                    files[i] = path;
                }

                return false;
            }

            if (!TryDecode(directory, budget, out string folder))
            {
                return false;
            }

            directories.Add(folder);
        }

        return false;
    }

    /// <summary>Version 5 (6.2.4): the header says in which forms names and directories are written; both count from 0.</summary>
    /// <param name="unit">Has the sizes that forms depend on.</param>
    public static bool TryRead5(ref ByteCursor cursor, in UnitHeader unit, DwarfSections sections, Dictionary<int, string> files)
    {
        List<string> directories = [];
        List<string> names = [];
        List<ulong> places = [];
        if (!TryReadEntries(ref cursor, unit, sections, directories, []) || !TryReadEntries(ref cursor, unit, sections, names, places))
        {
            return false;
        }

        for (int i = 0; i < names.Count; i++)
        {
            // Directory 0 is the compilation directory: names are shown relative to it.
            string directory = places[i] > 0 && places[i] < (ulong)directories.Count ? directories[(int)places[i]] : "";
            if (!TryJoin(directory, names[i], sections.Budget, out string path))
            {
                return false;
            }

            files[i] = path;
        }

        return true;
    }

    private static bool TryReadEntries(ref ByteCursor cursor, in UnitHeader unit, DwarfSections sections, List<string> names, List<ulong> directories)
    {
        if (!cursor.TryReadByte(out byte formatCount) || formatCount > MaxFormats)
        {
            return false;
        }

        (ulong Content, AttributeSpecification Form)[] formats = new (ulong, AttributeSpecification)[formatCount];
        for (int i = 0; i < formats.Length; i++)
        {
            if (!cursor.TryReadUleb128(out formats[i].Content) || !cursor.TryReadUleb128(out ulong form) || form > ushort.MaxValue)
            {
                return false;
            }

            formats[i].Form = new AttributeSpecification(0, (ushort)form, 0);
        }

        if (!cursor.TryReadUleb128(out ulong count) || count > MaxFiles || (formatCount == 0 && count > 0))
        {
            return false;
        }

        for (ulong entry = 0; entry < count; entry++)
        {
            string name = "";
            ulong directory = 0;
            foreach ((ulong content, AttributeSpecification form) in formats)
            {
                ByteCursor before = cursor;
                if (!AttributeForm.TryRead(ref cursor, form, unit, out AttributeValue value))
                {
                    return false;
                }

                if (content == ContentPath && !TryDecode(TextOf(value, before, sections), sections.Budget, out name))
                {
                    return false;
                }

                if (content == ContentDirectory)
                {
                    directory = value.Number;
                }
            }

            names.Add(name);
            directories.Add(directory);
        }

        return true;
    }

    private static ReadOnlySpan<byte> TextOf(AttributeValue value, ByteCursor inline, DwarfSections sections)
    {
        ReadOnlySpan<byte> text = default;
        if (value.Kind == AttributeKind.InlineString)
        {
            _ = inline.TryReadString(out text);
        }
        else if (value.Kind is AttributeKind.String or AttributeKind.LineString)
        {
            text = sections.TextAt(value.Kind == AttributeKind.String ? DwarfSection.Strings : DwarfSection.LineStrings, value.Number);
        }

        return text;
    }

    /// <summary>Makes a string of a path, which is bytes; one that is longer than any path gives an empty one. False where the budget is used up.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, BinaryBudget budget, out string text)
    {
        bytes = bytes.Length > LongestPath ? default : bytes;
        bool isTaken = budget.TryTake(StringBytes + (2 * bytes.Length));
        text = isTaken ? PathText.Decode(bytes) : "";
        return isTaken;
    }

    private static bool TryJoin(string directory, string name, BinaryBudget budget, out string path)
    {
        bool isTaken = budget.TryTake(StringBytes + (2L * (directory.Length + name.Length)));
        path = isTaken ? Join(directory, name) : "";
        return isTaken;
    }

    private static string Join(string directory, string name)
        => directory.Length == 0 || name.StartsWith('/') ? name : directory.EndsWith('/') ? directory + name : $"{directory}/{name}";
}
