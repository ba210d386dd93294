using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Symbols;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Tests.Sessions;
using PyStack.Engine.Unwinding;
using PyStack.TestSupport;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Unwinding;

/// <summary>A real aarch64 process of three threads (tests/Engine/Fixtures/three_threads.py), unwound from its core on any machine.</summary>
public sealed class Arm64CoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <param name="authenticationBits">What PACIASP puts into each saved return address: the bits above the 48 that the recorded machine's addresses have, but bit 55.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(0x002a_0000_0000_0000)]
    [InlineData(0x007f_0000_0000_0000)]
    [InlineData(0x5a15_0000_0000_0000)]
    public void Every_thread_is_unwound_to_its_outermost_frame_through_its_evaluation_loops(ulong authenticationBits)
    {
        string root = CoreFixture.Unpack(_folder);
        RecordedCore core = new(Path.Combine(root, "core"));
        using Code code = new(root);
        Processor processor = ProcessorCatalogue.Of(ElfMachine.Arm64);
        Unwinder unwinder = new(ProcessorRules.Of(processor), CodePointers.MaskOf(processor, code.Map), code, Limits.Default);
        List<string[]> stacks = [];
        foreach ((_, byte[] bytes) in core.Threads)
        {
            RegisterSet registers = default;
            Assert.True(processor.Registers.TryDecode(bytes, ref registers));
            List<UnwoundFrame> frames = [];
            UnwindEnd end = unwinder.Unwind(registers, new Memory(core, code, authenticationBits), frames);
            string[] names = [.. frames.Select(frame => code.NameOf(frame.LookupAddress)).Reverse()];
            Assert.True(end == UnwindEnd.Complete, $"{end}: {string.Join(' ', names)}");
            Assert.DoesNotContain(frames, frame => frame.Source == FrameSource.Scan);
            stacks.Add(names);
        }

        Assert.Equal(3, stacks.Count);

        // In 3.11 a call of Python by Python needs no loop of its own. Thread.run calls its target with *args, which goes through C, and the
        // spinner's generator is resumed by C.
        Assert.Equal([1, 2, 3], stacks.Select(stack => stack.Count(name => name == "_PyEval_EvalFrameDefault")).Order());
        string[] main = Assert.Single(stacks, stack => stack[0] == "_start");
        Assert.Contains("__libc_start_main", main);
        Assert.Contains("Py_BytesMain", main);
        Assert.Contains("PyEval_EvalCode", main);
        Assert.Contains(stacks, stack => stack[^1].Contains("nanosleep", StringComparison.Ordinal) || stack.Contains("clock_nanosleep") || stack.Contains("abort"));
    }

    private sealed class Memory(RecordedCore core, Code code, ulong authenticationBits) : IMemorySource
    {
        // The kernel leaves what files hold out of a core.
        public int Read(ulong address, Span<byte> destination)
        {
            int count = core.Read(address, destination);
            if (count == 0)
            {
                return code.Read(address, destination);
            }

            if (count == sizeof(ulong) && BinaryPrimitives.ReadUInt64LittleEndian(destination) is var word && code.IsExecutable(word))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination, word | authenticationBits);
            }

            return count;
        }
    }

    /// <summary>The binaries of the core, from its maps and the files beside it.</summary>
    private sealed class Code : ICodeMap, IDisposable
    {
        private readonly List<(CodeModule Module, ElfImage Image, FunctionTable Functions, MappedFile File)> _modules = [];

        public Code(string root)
        {
            Map = new MemoryMap(MapsParser.Parse(File.ReadAllBytes(Path.Combine(root, "maps"))));
            foreach (Module module in Module.FindAll(Map))
            {
                Assert.True(MappedFile.TryOpen(root + "/root" + module.Path, out MappedFile? file, out string problem), problem);
                Assert.True(ElfImage.TryFromFile(file, Limits.Default, out ElfImage? image, out problem), problem);
                Assert.True(image.TryGetLoadBias(module.BaseAddress, out ulong bias));
                CodeModule code = new(module.Range, bias, CallFrameTable.FromFile(image, file, Limits.Default, BinaryBudget.Of(Limits.Default)));
                _modules.Add((code, image, FunctionTable.Read([image.Sections], Limits.Default, BinaryBudget.Of(Limits.Default)), file));
            }
        }

        public MemoryMap Map { get; }

        public bool TryFind(ulong address, out CodeModule module)
        {
            module = _modules.Find(one => one.Module.Range.Contains(address)).Module;
            return module is not null && IsExecutable(address);
        }

        public bool IsExecutable(ulong address) => (Map.Find(address)?.Access & RegionAccess.Execute) == RegionAccess.Execute;

        public string NameOf(ulong address)
        {
            var found = _modules.Find(one => one.Module.Range.Contains(address));
            return found.Functions is not null && found.Functions.TryFind(address - found.Module.LoadBias, out string name) ? name : "???";
        }

        public int Read(ulong address, Span<byte> destination)
        {
            var found = _modules.Find(one => one.Module.Range.Contains(address));
            return found.Image is null ? 0 : found.Image.AddressSpace.Read(address - found.Module.LoadBias, destination);
        }

        public void Dispose() => _modules.ForEach(one => one.File.Dispose());
    }
}
