using System;
using System.Linq;
using PyStack.Engine.Profiling.Native;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Native;

public sealed class BpfAssemblerTests
{
    /// <summary>Written out by RFC 9669, section 3: operation, registers (the source in the upper half), offset, immediate value.</summary>
    [Fact]
    public void Instructions_are_encoded_as_the_standard_says()
    {
        ReadOnlySpan<ulong> code = new BpfAssembler()
            .Set(3, 0x1122334455667788UL).Label("again").Load(7, 8, 16).Store(6, -8, 1).JumpIfEqual(7, 0, "end").PlusRegister(6, 8).Jump("again").Label("end").Set(0, 1).Exit().Finish();

        byte[] bytes = [.. code.ToArray().SelectMany(BitConverter.GetBytes)];
        Assert.Equal(
            "18-03-00-00-88-77-66-55-00-00-00-00-44-33-22-11-79-87-10-00-00-00-00-00-7B-16-F8-FF-00-00-00-00-"
            + "15-07-02-00-00-00-00-00-0F-86-00-00-00-00-00-00-05-00-FB-FF-00-00-00-00-B7-00-00-00-01-00-00-00-95-00-00-00-00-00-00-00",
            BitConverter.ToString(bytes));
    }
}
