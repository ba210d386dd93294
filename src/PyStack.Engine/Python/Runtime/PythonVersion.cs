using System;
using System.Globalization;

namespace PyStack.Engine.Python.Runtime;

/// <summary>A CPython version as <c>PY_VERSION_HEX</c> holds it (Include/patchlevel.h): major, minor, micro, level, serial.</summary>
/// <param name="Level">0xA alpha, 0xB beta, 0xC release candidate, 0xF final.</param>
internal readonly record struct PythonVersion(int Major, int Minor, int Micro = 0, int Level = 0xF, int Serial = 0)
    : IComparable<PythonVersion>
{
    /// <summary>Decodes <c>PY_VERSION_HEX</c>: 8 bits each of major, minor and micro, 4 each of level and serial.</summary>
    public static PythonVersion FromHex(uint hex)
        => new((int)(hex >> 24), (int)(hex >> 16) & 0xff, (int)(hex >> 8) & 0xff, (int)(hex >> 4) & 0xf, (int)hex & 0xf);

    /// <summary>Whether it was built from sources after that release: <c>PY_VERSION</c> ends in <c>+</c> (Include/patchlevel.h), which <see cref="Hex"/> does not contain.</summary>
    public bool IsAfterRelease { get; init; }

    public uint Hex => (uint)((Major << 24) | (Minor << 16) | (Micro << 8) | (Level << 4) | Serial);

    /// <summary>Whether major and minor are the same, which determine the layout.</summary>
    public bool IsSameSeries(PythonVersion other) => Major == other.Major && Minor == other.Minor;

    /// <summary>Whether it is of a series or a later one.</summary>
    public bool IsAtLeast(int major, int minor) => (Major, Minor).CompareTo((major, minor)) >= 0;

    public int CompareTo(PythonVersion other) => Hex.CompareTo(other.Hex);

    public static bool operator <(PythonVersion left, PythonVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(PythonVersion left, PythonVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(PythonVersion left, PythonVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PythonVersion left, PythonVersion right) => left.CompareTo(right) >= 0;

    /// <summary>As <c>platform.python_version()</c> has it: <c>3.12.1</c>, <c>3.15.0a2</c>, <c>3.14.0rc1</c>, <c>3.13.0+</c>.</summary>
    public override string ToString()
    {
        string level = Level switch { 0xA => "a", 0xB => "b", 0xC => "rc", _ => "" };
        string serial = level.Length == 0 ? "" : Serial.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Micro}{level}{serial}{(IsAfterRelease ? "+" : "")}");
    }
}
