using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Formats;

/// <content>Processes, and whether they can be read.</content>
public sealed partial class ViewTests
{
    private const string Container = "4f1c2d9a8b7e6f504132a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6";

    private static readonly PyProcess[] Processes =
        [Samples.Process(112, "python3.12"), Samples.Process(1140, "u\x1b[2Jwsgi", Container, "uwsgi\x07 -x"), Samples.Process(4000000, "celery", "my-box"), Samples.Process(20, "python3", Container, pod: "we\x1b[2Jb-0")];

    [Fact]
    public void Processes_are_a_table_with_the_beginning_of_the_containers_id_where_there_is_one() => Assert.Equal(
        """

              Id Name            Version  User       CommandLine
              -- ----            -------  ----       -----------
             112 python3.12      3.12.1   www-data   python3.12 /srv/app.py --port 80
            1140 u\x1b[2Jwsgi    3.12.1   www-data   [4f1c2d9a8b7e] uwsgi\x07 -x
         4000000 celery          3.12.1   www-data   [my-box] python3.12 /srv/app.py --port 80
              20 python3         3.12.1   www-data   [shop/we\x1b[2Jb-0] python3.12 /srv/app.py --port 80


        """,
        Shown(120, [.. Processes]));

    [Fact]
    public void Format_List_of_a_process_has_all_that_is_known_with_control_characters_written_out() => Assert.Equal(
        """

        Id             : 1140
        Name           : u\x1b[2Jwsgi
        ParentId       : 1
        PythonVersion  : 3.12.1
        Interpreters   : Python 3.12.1 (/usr/lib/libpython3.12.so.1.0); Python 3.11.7 (no file)
        Implementation : CPython
        Executable     : /usr/bin/python3.12
        CommandLine    : uwsgi\x07 -x
        State          : Sleeping
        CpuSeconds     : 12.5
        WorkingSet     : 40960
        Threads        : 2
        StartTime      : 11/23/2026 01:02:03
        User           : www-data
        Container      : 4f1c2d9a8b7e6f504132a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6
        ContainerName  :
        Pod            :
        PodId          :
        Namespace      :
        Unit           : w\x1b[2Jeb.service
        IsReplaced     : True
        IsAccessible   : True


        """,
        Formatted(120, "Format-List", Processes[1]));

    [Theory]
    [InlineData(80, "/opt/venv/bin/python3.12 /srv/app.py --port 80", "python3.12 /srv/app.py --port 80")]
    [InlineData(80, "python3 docs/examples/hanging_worker.py", "python3 …/hanging_worker.py")]
    [InlineData(160, "python3 /home/me/PyStack/docs/examples/hanging_worker.py", "python3 /home/me/PyStack/docs/examples/hanging_worker.py")]
    [InlineData(80, "python3 /a_name_that_is_longer_than_there_is_room.py", "python3 /a_name_that_is_longer_than_there_is_room.py")]
    [InlineData(80, "python3 /srv/a_name_that_is_longer_than_there_is_room.py", "python3 …/a_name_that_is_longer_than_there_is_room.py")]
    [InlineData(10, "python3 /srv/app/", "python3 …/app/")]
    [InlineData(120, "/usr/bin/python3 -X dev -W ignore -u /home/deploy/releases/20261123/current/handlers/orders.py -v", "python3 -X dev -W ignore -u …/20261123/current/handlers/orders.py -v")]
    [InlineData(120, "python3 /home/deploy/releases/20261123/current/handlers/orders.py --queue high --workers 16 --database postgres", "python3 …/current/handlers/orders.py --queue high --workers 16 --database postgres")]
    [InlineData(80, "/usr/bin/python3 -m gunicorn.app.wsgiapp_of_a_long_name/x/y", "python3 -m gunicorn.app.wsgiapp_of_a_long_name/x/y")]
    [InlineData(80, "/usr/bin/python3 -c print('/a/b/c/d/e/f/g/h/i/j/k/l/m')", "python3 -c print('/a/b/c/d/e/f/g/h/i/j/k/l/m')")]
    [InlineData(80, "gunicorn: master [app]", "gunicorn: master [app]")]
    [InlineData(80, "/", "/")]
    [InlineData(80, "", "")]
    public void A_command_line_keeps_the_name_of_the_script_and_as_many_folders_as_there_is_room_for(int width, string commandLine, string shown)
        => Assert.Equal(shown, Traceback.FormatCommand(commandLine, null, null, null, new RecordingHost(width)));

    [Theory]
    [InlineData(80, "python3 …/hanging_worker.py")]
    [InlineData(160, "python3 docs/examples/hanging_worker.py")]
    public void The_table_of_processes_shows_the_scripts_whole_name(int width, string commandLine)
        => Assert.EndsWith($" {commandLine}\n\n", Shown(width, Samples.Process(15, "python3", commandLine: "python3 docs/examples/hanging_worker.py")));

    [Fact]
    public void An_access_is_a_list_with_control_characters_written_out() => Assert.Equal(
        """

        ProcessId              : 112
        ProcessName            : py\x1b[2Jthon
        IsAccessible           : False
        CanReadWithoutStopping : True
        Reason                 : It is being traced by process 77 (g\x07db).
        RecommendedAction      : End process 77.
        UserId                 : 1000
        TargetUserId           : 1000
        HasSysPtrace           : False
        PtraceScope            : 1
        TracerId               : 77
        IsSameUserNamespace    : True
        IsSamePidNamespace     :
        SeccompMode            : 2


        """,
        Shown(120, Samples.Access));

    [Fact]
    public void Deserialized_processes_and_accesses_have_the_same_views()
    {
        object copy = PSSerializer.Deserialize(PSSerializer.Serialize(Processes[1], 1));
        Assert.Equal(Shown(120, Processes[1]), Shown(120, copy));
        Assert.Equal(Formatted(120, "Format-List", Processes[1]), Formatted(120, "Format-List", copy));
        Assert.Equal(Shown(120, Samples.Access), Shown(120, PSSerializer.Deserialize(PSSerializer.Serialize(Samples.Access, 1))));
    }
}
