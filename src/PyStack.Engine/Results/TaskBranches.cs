using System.Globalization;

namespace PyStack.Engine.Results;

/// <summary>What the tree draws before the tasks that are below one: the lines of the tasks above them, and their own. Those of one level share two texts.</summary>
internal sealed class TaskBranches
{
    /// <summary>Of tasks that have none above them.</summary>
    public static readonly TaskBranches Top = new("", "", null, 0);

    /// <summary>Of a task at which a circle of tasks was cut, each of which is below another one.</summary>
    public static readonly TaskBranches Circle = new("↻ ", "↻ ", null, 0);

    /// <summary>Deeper ones are not indented any more, and say how deep they are: a chain of a hundred thousand tasks would be as wide as it is long.</summary>
    public const int MaxDepth = 40;

    private readonly string _middle;
    private readonly string _last;

    // What is drawn before both; null at the top, where nothing is drawn.
    private readonly string? _lead;
    private readonly int _depth;

    private TaskBranches(string middle, string last, string? lead, int depth) => (_middle, _last, _lead, _depth) = (middle, last, lead, depth);

    /// <summary>Before a task.</summary>
    /// <param name="isLast">Whether it is the last one of its level.</param>
    public string Of(bool isLast) => isLast ? _last : _middle;

    /// <summary>Those of the tasks below a task.</summary>
    public TaskBranches Below(bool isLast)
    {
        int depth = _depth + 1;
        string lead = _lead is null ? "" : depth > MaxDepth ? _lead : _lead + (isLast ? "   " : "│  ");
        string mark = depth > MaxDepth ? string.Create(CultureInfo.InvariantCulture, $"({depth}) ") : "";
        return new TaskBranches($"{lead}├─ {mark}", $"{lead}└─ {mark}", lead, depth);
    }
}
