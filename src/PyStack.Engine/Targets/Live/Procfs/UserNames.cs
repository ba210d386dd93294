using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>User names by their ids, as <c>/etc/passwd</c> has them (passwd(5)).</summary>
/// <remarks>The C library would ask directories in the network too, and a list of processes must not wait for those.</remarks>
internal sealed class UserNames
{
    private const int MaxBytes = 4 << 20;
    private readonly Dictionary<int, string> _names = [];

    public UserNames()
        : this(ProcFile.TryRead("/etc/passwd", MaxBytes, out byte[] users) ? Encoding.UTF8.GetString(users) : "")
    {
    }

    /// <param name="users">The content of <c>/etc/passwd</c>.</param>
    internal UserNames(string users)
    {
        foreach (string line in users.Split('\n'))
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && fields[0].Length > 0
                && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                // The first line of an id is used, as by the C library.
                _names.TryAdd(id, fields[0]);
            }
        }
    }

    /// <summary>The name, or the number where there is none.</summary>
    public string Of(int userId) => _names.TryGetValue(userId, out string? name) ? name : userId.ToString(CultureInfo.InvariantCulture);
}
