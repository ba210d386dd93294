using System;
using System.Management.Automation.Host;

namespace PyStack.Host.Terminal;

/// <summary>The terminal's size, and nothing of its buffer.</summary>
internal sealed class TerminalRawUserInterface : PSHostRawUserInterface
{
    // Where there is no terminal nothing has to be cut to fit one.
    private const int UnlimitedWidth = 8192;
    private const int FallbackHeight = 50;

    /// <summary>Columns of the terminal, or of the text that is written to a file or a pipe.</summary>
    public static int Width
    {
        get
        {
            if (Console.IsOutputRedirected)
            {
                return UnlimitedWidth;
            }

            int width = Console.WindowWidth;
            return width > 0 ? width : 80;
        }
    }

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override Size BufferSize
    {
        get => new(Width, Height);
        set => throw NoBuffer();
    }

    public override Size WindowSize
    {
        get => new(Width, Height);
        set => throw NoBuffer();
    }

    public override Size MaxWindowSize => new(Width, Height);

    public override Size MaxPhysicalWindowSize => new(Width, Height);

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle { get; set; } = "";

    public override bool KeyAvailable => false;

    private static int Height => Console.IsOutputRedirected || Console.WindowHeight <= 0 ? FallbackHeight : Console.WindowHeight;

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw NoBuffer();

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NoBuffer();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NoBuffer();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw NoBuffer();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NoBuffer();

    private static NotSupportedException NoBuffer() => new("This host writes a stream of text: it has no screen buffer.");
}
