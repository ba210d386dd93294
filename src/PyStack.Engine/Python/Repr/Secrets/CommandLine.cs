using System;
using System.Buffers;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>Goes through the arguments of a program, and says which of them are secrets because of the option before them or of the program that they are for.</summary>
internal struct CommandLine
{
    // Shorter ones are options: -v, -vvv.
    private const int LeastDashed = 5;

    private static readonly SearchValues<char> Fields = SearchValues.Create("0123456789,");

    private bool _isNext;
    private bool _isKey;
    private Program _program;

    [Flags]
    private enum Program : byte
    {
        None = 0,

        /// <summary>mysql and its like: -pSECRET</summary>
        MySql = 1,

        /// <summary>sshpass, mongo: -p SECRET</summary>
        SeparateP = 2,

        /// <summary>redis-cli: -a SECRET</summary>
        Redis = 4,

        /// <summary>curl, wget: -u USER:SECRET</summary>
        Curl = 8,

        /// <summary>ldapsearch and its like: -w SECRET</summary>
        Ldap = 16,
    }

    /// <summary>Takes the next argument, or its beginning.</summary>
    public bool IsSecret(SecretNames names, ReadOnlySpan<char> argument)
    {
        bool isKey = _isKey;
        _isKey = argument is "--key";
        if (_isNext)
        {
            // A value may begin with a hyphen. Two of them begin the next option, where a password is asked for.
            _isNext = false;
            if (!argument.StartsWith("-") || (argument.Length >= LeastDashed && argument[1] != '-'))
            {
                return true;
            }
        }

        if (isKey && IsKey(argument))
        {
            return true;
        }

        if (argument.Length < 2 || argument[0] != '-')
        {
            _program |= ProgramOf(argument);
            return false;
        }

        // --password=x is handled as a text.
        bool isShort = argument[1] != '-';
        _isNext = argument.IndexOf('=') < 0 && (isShort && argument.Length == 2 ? IsShort(argument[1]) : (!isShort || argument.Length > 3) && names.Judge(argument) != SecretKind.None);
        if (argument is "--user" or "--proxy-user" && (_program & Program.Curl) != 0)
        {
            _isNext = true;
        }

        return isShort && argument.Length > 2 && argument[1] == 'p' && (_program & Program.MySql) != 0;
    }

    /// <summary>Whether the value of <c>--key</c> is a key: not a file of one, nor the number of a field to sort by.</summary>
    public static bool IsKey(ReadOnlySpan<char> value)
        => !value.IsEmpty && value[0] != '-' && !value.ContainsAny('/', '.') && value.ContainsAnyExcept(Fields);

    private readonly bool IsShort(char option) => option switch
    {
        'p' => (_program & Program.SeparateP) != 0,
        'a' => (_program & Program.Redis) != 0,
        'u' => (_program & Program.Curl) != 0,
        'w' => (_program & Program.Ldap) != 0,
        _ => false,
    };

    private static Program ProgramOf(ReadOnlySpan<char> argument)
    {
        ReadOnlySpan<char> name = argument[(argument.LastIndexOf('/') + 1)..];
        return name.StartsWith("mysql") || name.StartsWith("mariadb") ? Program.MySql
            : name is "sshpass" || name.StartsWith("mongo") ? Program.SeparateP
            : name is "redis-cli" ? Program.Redis
            : name is "curl" or "wget" ? Program.Curl
            : name.StartsWith("ldap") ? Program.Ldap
            : Program.None;
    }
}
