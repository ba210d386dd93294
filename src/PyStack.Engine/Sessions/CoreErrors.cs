using PyStack.Engine.Targets.Core;

namespace PyStack.Engine.Sessions;

/// <summary>Why a core has no Python stacks: what is wrong with a running process may be what is missing in its core.</summary>
internal static class CoreErrors
{
    private const string Verbose = "Run again with -Verbose to see what was tried.";

    /// <summary>The error to be shown in place of one that says what a process lacks.</summary>
    /// <param name="core">Not yet disposed of.</param>
    public static EngineException Explain(CoreProcess core, EngineException cause)
    {
        if (cause.Error is not (EngineError.NotPython or EngineError.UnsupportedPython or EngineError.InterpreterNotFound or EngineError.NoPythonStack))
        {
            return cause;
        }

        if (core.Extent.Problem is not null)
        {
            return core.Extent.Explain(core.Path, core.LacksProgram, cause);
        }

        return cause.Error switch
        {
            EngineError.NotPython or EngineError.InterpreterNotFound when core.LacksProgram => CoreExecutable.Missing(core.Path, core.Files.ProgramPath, cause),
            EngineError.InterpreterNotFound => new EngineException(
                cause.Error, cause.Message, $"The process may have been starting or ending when it died. -Exhaustive also searches its heap. {Verbose}", cause),
            EngineError.NotPython => new EngineException(cause.Error, cause.Message, $"Get-PyCore shows which program wrote the core. {Verbose}", cause),
            _ => cause,
        };
    }
}
