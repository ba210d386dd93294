using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Sessions.NativeStacks;

internal static class NativeBinaries
{
    public static NativeBinary? Find(ITarget target, Module module, ElfImage loaded, Limits limits, IEngineLog log) => null;
}
