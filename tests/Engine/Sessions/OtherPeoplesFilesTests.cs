using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Observer;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>What a process without rights can make root's observer show or open by the names that it has for files: nothing that it could not read itself.</summary>
public sealed class OtherPeoplesFilesTests : IDisposable
{
    private const string Nobody = "65534";
    private const string OtherGroup = "60123";
    private const string Secret = "secret line";

    private readonly TemporaryFolder _folder = new();
    private readonly Interpreter _python;

    public OtherPeoplesFilesTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can look at another user's process, and may read more than that");
        Interpreter? readable = InterpreterSet.All.FirstOrDefault(one => one.Executable.StartsWith("/usr/", StringComparison.Ordinal) && one.Minor >= 8);
        Assert.SkipWhen(readable is null, "no interpreter from 3.8 on is here where every user can read it");
        _python = readable;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_source_line_is_shown_only_if_the_process_itself_may_read_the_file()
    {
        string open = Write("open.py", "rw-r--r--");
        string secret = Write("secret.py", "rw-------");
        string ofGroup = Write("of_group.py", "rw-r-----");
        string inClosed = Write("closed/in_closed.py", "rw-r--r--");
        File.SetUnixFileMode(Path.GetDirectoryName(inClosed)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Commands.Run(["chgrp", OtherGroup, ofGroup]);
        string link = Link("link.py", "another_link.py");
        Link("another_link.py", secret);
        string openLink = Link("open_link.py", "open.py");
        Commands.Run(["mkfifo", "-m", "666", Path.Combine(_folder.Path, "pipe.py")]);
        string sparse = Path.Combine(_folder.Path, "sparse.py");
        using (FileStream file = File.Create(sparse))
        {
            file.Write(Encoding.UTF8.GetBytes(Secret + "\n"));
            file.SetLength(10L << 30);
        }

        string[] hidden =
        [
            "/etc/shadow", secret, ofGroup, inClosed, link, sparse, _folder.Path, Path.Combine(_folder.Path, "pipe.py"), _folder.Path + "/./closed/../secret.py",
            "/proc/self/environ", "/proc/self/maps", "/proc/1/maps", "/proc/1/environ", "/proc/self/fd/0", "/proc/self/root" + open, "/dev/stdin", "/dev/tty", "/dev/ptmx",
            "/dev/kmsg", "/dev/mem", open + "\\0.py", "/" + new string('x', 255), "/" + string.Concat(Enumerable.Repeat("x/", 4000)), "../../../../../../../../etc/shadow", "",
        ];
        string[] shown = [open, openLink, _folder.Path + "/closed/../open.py"];
        using Target target = Start([.. hidden, .. shown]);

        PyFrame[] frames = Named(target);

        Assert.Equal(hidden.Length + shown.Length, frames.Length);
        Assert.All(frames[..hidden.Length], frame => Assert.True(frame.SourceLine is null, $"{frame.File}: {frame.SourceLine}"));

        // The way to the last of them leads through the closed folder.
        Assert.Equal([Secret, Secret, null], frames[hidden.Length..].Select(frame => frame.SourceLine));
    }

    [Fact]
    public void A_file_of_a_group_is_shown_to_a_member()
    {
        string ofGroup = Write("of_group.py", "rw-r-----");
        Commands.Run(["chgrp", OtherGroup, ofGroup]);
        using Target target = Start([ofGroup], "--groups=" + OtherGroup);

        Assert.Equal(Secret, Assert.Single(Named(target)).SourceLine);
    }

    [Fact]
    public void Who_has_given_up_its_rights_after_it_was_started_is_not_shown_what_it_could_read_before()
    {
        string secret = Write("secret.py", "rw-------");
        using Target target = Target.StartCommand([_python.Executable, ProgramPath, "1", secret, "uid=" + Nobody], new() { WorkingDirectory = "/" });
        target.ReadLine();
        using StackSession session = Captures.Open(target.ProcessId, Captures.NoBlock);
        Assert.Equal(Secret, Assert.Single(Named(session.Take())).SourceLine);

        target.WriteLine("go");
        Assert.Equal("dropped", target.ReadLine());

        // The rights of a process are asked for again when they are some 10 ms old.
        Wait.Until(() => Named(session.Take()).Single().SourceLine is null, "the line is still shown");
    }

    /// <summary>The rights that count are those of whoever has named the file: the process when its frames were read, and not what it has become since.</summary>
    [Fact]
    public void Who_starts_a_set_user_id_program_after_its_frames_were_read_is_not_shown_what_that_may_read()
    {
        string secret = Write("secret.py", "rw-------");
        string program = Path.Combine(_folder.Path, "cat");
        File.Copy("/bin/cat", program);
        Commands.Run(["chmod", "4755", program]);
        string starter = Path.Combine(_folder.Path, "another_program.py");
        File.WriteAllText(starter, File.ReadAllText(Programs.PathOf("another_program.py")));
        using Target target = Target.StartCommand([.. AsNobody("--clear-groups"), _python.Executable, starter, program], new() { WorkingDirectory = "/" });
        Assert.Equal("ready", target.ReadLine());
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        Assert.False(process.TryReadSource(secret, 1000, null, out _, out _));

        target.WriteLine("");
        Assert.Equal("goes", target.ReadLine());
        Wait.Until(() => FileSystemUser(target.ProcessId) == "0", "the program has not root's rights: the folder may be mounted with nosuid");

        // Rights are asked for again when they are some 10 ms old: long enough to see each answer.
        for (int i = 0; i < 10; i++)
        {
            Assert.False(process.TryReadSource(secret, 1000, null, out _, out string problem), problem);
            System.Threading.Thread.Sleep(20);
        }
    }

    private static string FileSystemUser(int processId)
        => File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[^1];

    [Fact]
    public void Who_is_root_in_a_user_namespace_only_is_not_shown_what_is_roots()
    {
        string secret = Write("secret.py", "rw-------");
        string open = Write("open.py", "rw-r--r--");
        string[] unshare = ["unshare", "--user", "--map-root-user"];
        using (Target probe = Target.StartCommand([.. AsNobody("--clear-groups"), .. unshare, "true"], new() { WorkingDirectory = "/" }))
        {
            Assert.SkipWhen(probe.WaitForExit() != 0, "a user may make no user namespaces here (unshare)");
        }

        using Target target = Target.StartCommand([.. AsNobody("--clear-groups"), .. unshare, _python.Executable, ProgramPath, "1", secret, open], new() { WorkingDirectory = "/" });
        target.ReadLine();

        Assert.Equal([null, Secret], Named(target).Select(frame => frame.SourceLine));
    }

    [Fact]
    public void In_another_root_a_link_does_not_lead_out_of_it()
    {
        string root = Directory.CreateDirectory(Path.Combine(_folder.Path, "root")).FullName;
        string outside = Write("outside.py", "rw-r--r--");
        Link("root/out.py", outside);
        Link("root/up.py", string.Concat(Enumerable.Repeat("../", 20)) + outside[1..]);
        File.WriteAllText(Path.Combine(root, "inside.py"), Secret + "\n");
        string program = Path.Combine(root, "named_sources.py");
        File.Copy(Programs.PathOf("named_sources.py"), program);

        // Python has started when it changes its root, so that it needs nothing there but what it looks for afterwards.
        File.WriteAllText(program, "import os, sys, codecs, encodings.idna\nos.chroot(sys.argv.pop(1))\nos.chdir('/')\n" + File.ReadAllText(program));
        using Target target = Target.StartCommand([_python.Executable, program, root, "1", "/out.py", "/up.py", "/../../inside.py", "inside.py", outside], new() { WorkingDirectory = "/" });
        target.ReadLine();

        Assert.Equal([null, null, Secret, Secret, null], Named(target).Select(frame => frame.SourceLine));
    }

    [Fact]
    public void Why_a_line_is_missing_is_told_to_those_who_ask()
    {
        string secret = Write("secret.py", "rw-------");
        using Target target = Start([secret]);
        ListLog log = new();
        using StackSession session = StackSession.OpenProcess(target.ProcessId, Captures.NoBlock, log, TestContext.Current.CancellationToken);

        session.Take();

        Assert.Contains($"{secret} cannot be opened: Permission denied, with the rights that the process itself has: its lines are not shown.", log.VerboseLines);
    }

    [Fact]
    public void A_core_shows_only_what_the_owner_of_its_file_may_read()
    {
        string secret = Write("secret.py", "rw-------");
        string open = Write("open.py", "rw-r--r--");
        using Target target = Target.StartCommand([_python.Executable, ProgramPath, "1", secret, open], new() { WorkingDirectory = "/" });
        target.ReadLine();
        string prefix = Path.Combine(_folder.Path, "core");
        Toolchain.Run("gcore", "-o", prefix, target.ProcessId.ToString(CultureInfo.InvariantCulture));
        string core = $"{prefix}.{target.ProcessId}";

        // Root may have copied it, and root in it may be anybody in a user namespace: what everybody may read, and no more.
        Assert.Equal([null, Secret], Named(OfCore(core)).Select(frame => frame.SourceLine));

        Commands.Run(["chown", Nobody, core]);

        Assert.Equal([null, Secret], Named(OfCore(core)).Select(frame => frame.SourceLine));
    }

    [Fact]
    public void Who_cannot_take_on_the_rights_of_a_process_sees_what_the_modes_of_files_and_folders_let_it_read()
    {
        const string Operator = "60001";
        string open = Write("open.py", "rw-r--r--");
        string own = Write("own.py", "rw-------");
        string inOwn = Write("home/in_home.py", "rw-r--r--");
        Commands.Run(["chown", "-R", Operator, own, Path.GetDirectoryName(inOwn)!]);
        Commands.Run(["chmod", "700", Path.GetDirectoryName(inOwn)!]);
        using Target target = Start([open, own, inOwn]);
        ObserverProcess.CopyTo(_folder.Path);
        string[] asOperator = ["setpriv", $"--reuid={Operator}", $"--regid={Operator}", "--clear-groups", "--inh-caps=+sys_ptrace", "--ambient-caps=+sys_ptrace"];
        using Target observer = ObserverProcess.Start("lines", target.ProcessId, _folder.Path, asOperator, noBlock: true);

        string[] lines = [.. Enumerable.Range(0, 3).Select(_ => observer.ReadLine())];

        Assert.Equal([$"{open}|{Secret}", $"{own}|", $"{inOwn}|"], lines);
    }

    [Theory]
    [InlineData("FOLDER/device")]
    [InlineData("FOLDER/pipe")]
    [InlineData("FOLDER/secret")]
    [InlineData("link to secret")]
    [InlineData("../../../../../../../..FOLDER/secret")]
    public void The_name_of_an_alternate_debug_file_opens_nothing_that_the_process_may_not_read(string name)
    {
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "the fixture is a library for x86-64");
        string library = Path.Combine(_folder.Path, "libnative.so");
        File.Copy(Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "dwz", "libnative.so"), library);
        name = name.Replace("FOLDER", _folder.Path, StringComparison.Ordinal);
        byte[] section = [.. Encoding.UTF8.GetBytes(name), 0, .. Enumerable.Range(1, 20).Select(i => (byte)i)];
        Toolchain.Run("objcopy", "--update-section", $".gnu_debugaltlink={_folder.Write("altlink", section)}", library);

        string[] opened = OpenedDuring(library);

        Assert.Empty(opened);
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("secret")]
    [InlineData("link to secret")]
    [InlineData("device")]
    public void The_name_of_a_separate_debug_file_opens_nothing_that_the_process_may_not_read(string name)
    {
        string library = Toolchain.Compile(
            _folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-pthread", "-Wl,--build-id=none");
        byte[] bytes = [.. Encoding.UTF8.GetBytes(name), 0];
        Array.Resize(ref bytes, ((bytes.Length + 3) & ~3) + 4);
        Toolchain.Run("objcopy", "--add-section", $".gnu_debuglink={_folder.Write("debuglink", bytes)}", library);

        Assert.Empty(OpenedDuring(library));
    }

    private string ProgramPath
    {
        get
        {
            string path = Path.Combine(_folder.Path, "named_sources.py");
            return File.Exists(path) ? path : _folder.Write("named_sources.py", File.ReadAllBytes(Programs.PathOf("named_sources.py")));
        }
    }

    // Which of the files that nobody else opens are opened by a capture of a process that is in the library.
    private string[] OpenedDuring(string library)
    {
        Commands.Run(["mkfifo", "-m", "666", Path.Combine(_folder.Path, "pipe")]);
        string secret = Write("secret", "rw-------");
        Link("link to secret", secret);
        string device = Path.Combine(_folder.Path, "device");
        Commands.Run(["mknod", "-m", "666", device, "c", "1", "3"]);
        string program = _folder.Write("in_library.py", """
            import ctypes, os, sys
            def called(n):
                print("ready", flush=True)
                return os.read(0, 1) and n
            ctypes.CDLL(sys.argv[1]).tail(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(called), 3)
            """u8);
        string[] watched = [Path.Combine(_folder.Path, "pipe"), secret, device];
        using Target watcher = Target.StartCommand([_python.Executable, Programs.PathOf("opens_seen.py"), .. watched]);
        watcher.ReadLine();
        using Target target = Target.StartCommand([.. AsNobody("--clear-groups"), _python.Executable, program, library], new() { WorkingDirectory = "/" });
        target.ReadLine();
        watcher.WriteLine("what was before");
        watcher.ReadLine();

        PyThread thread = Captures.Once(target, Captures.Native)[0];

        Assert.Contains(thread.Frames, frame => frame.Library == library);
        watcher.WriteLine("what was meanwhile");
        return watcher.ReadLine()["opened ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[] AsNobody(string groups)
        => ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", groups, "--inh-caps=-all"];

    private Target Start(IReadOnlyList<string> names, string groups = "--clear-groups")
    {
        Target target = Target.StartCommand([.. AsNobody(groups), _python.Executable, ProgramPath, "1", .. names], new() { WorkingDirectory = "/" });
        target.ReadLine();
        return target;
    }

    private static PyThread[] OfCore(string path)
    {
        using StackSession session = StackSession.OpenCore(path, new CoreSearch(), Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken);
        return session.Take();
    }

    // The frames between those of the program itself.
    private static PyFrame[] Named(Target target) => Named(Captures.Once(target, Captures.NoBlock));

    private static PyFrame[] Named(PyThread[] threads)
        => [.. threads[0].Frames.Where(frame => frame.Function == "<module>" && !frame.File!.EndsWith("named_sources.py", StringComparison.Ordinal))];

    private string Write(string name, string mode)
    {
        string path = _folder.Write(name, Encoding.UTF8.GetBytes(Secret + "\n"));
        Commands.Run(["chmod", "u=" + mode[..3].Replace("-", "", StringComparison.Ordinal) + ",g=" + mode[3..6].Replace("-", "", StringComparison.Ordinal) + ",o=" + mode[6..].Replace("-", "", StringComparison.Ordinal), path]);
        return path;
    }

    private string Link(string name, string target)
    {
        string path = Path.Combine(_folder.Path, name);
        if (!Path.Exists(path))
        {
            File.CreateSymbolicLink(path, target);
        }

        return path;
    }

    private sealed class ListLog : IEngineLog
    {
        public List<string> VerboseLines { get; } = [];

        public bool IsDebugEnabled => false;

        public void Verbose(string message) => VerboseLines.Add(message);

        public void Debug(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
