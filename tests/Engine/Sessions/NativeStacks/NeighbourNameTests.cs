using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>A function whose name <c>strip</c> has removed, behind one in assembly that has no size: so are those of musl.</summary>
public sealed class NeighbourNameTests
{
    // A name that begins with .L is in no symbol table.
    private const string Source = """
        __asm__(".text\n.globl neighbour\n.type neighbour, @function\nneighbour: ret\n"
            ".Lnameless: .cfi_startproc\n sub $8, %rsp\n .cfi_adjust_cfa_offset 8\n"
            " mov %rdi, %rax\n mov %esi, %edi\n call *%rax\n add $8, %rsp\n .cfi_adjust_cfa_offset -8\n ret\n .cfi_endproc\n"
            ".globl enter\n.type enter, @function\nenter: .cfi_startproc\n sub $8, %rsp\n .cfi_adjust_cfa_offset 8\n"
            " call .Lnameless\n add $8, %rsp\n .cfi_adjust_cfa_offset -8\n ret\n .cfi_endproc\n.size enter, . - enter\n");
        """;

    [Fact]
    public void Has_no_name_rather_than_its_neighbours()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the functions are those of x86-64");
        string library = Toolchain.Shared("neighbour.so", Source, "-shared", "-nostdlib");
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "enter", "3"] });
        PyThread thread = Captures.Once(target, Captures.Native with { NoBlock = true }).Single();
        Assert.Equal(["enter", null], thread.Frames.Where(frame => frame.Library == library).Select(frame => frame.Function));
    }
}
