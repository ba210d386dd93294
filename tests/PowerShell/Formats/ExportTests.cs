using Xunit;

namespace PyStack.Tests.Formats;

/// <summary>What other commands make of the objects: the engine's own serializer here, and PowerShell's commands where there is a pwsh.</summary>
public sealed class ExportTests
{
    // The same thread, typed as PowerShell.
    private const string Thread = """
        $frame = [PyStack.PyFrame]@{ ProcessId = 112; ProcessName = 'py'; ThreadId = 114; ThreadName = 'w'; Index = 0; Kind = 'Native'; Function = 'f'; File = 'a.c'; Line = 3; Library = 'l.so'; Address = 255;
            Arguments = [PyStack.PyVariables]::new(); Locals = [PyStack.PyVariables]::new(); IsInlined = $true; Gil = 'Held'; CapturedAt = [datetime]::new(2026, 11, 23, 1, 2, 3, [DateTimeKind]::Utc) }
        $frame.Arguments['b'] = '1'; $frame.Arguments['a'] = "'2', 3"
        # As Get-PyStack does it.
        $frame.Arguments.PSObject.TypeNames.Insert(0, 'System.Collections.Specialized.OrderedDictionary')
        $thread = [PyStack.PyThread]@{ ProcessId = 112; ThreadId = 114; PythonName = 'wörker'; State = 'Sleeping'; CpuSeconds = 1.25; Exception = "KeyError: 'x'"; Gil = 'Held'; PythonVersion = '3.12.1'; Status = 'Has the GIL'; Frames = [PyStack.PyFrame[]] @($frame, $frame); StackHash = '0123456789abcdef';
            CapturedAt = [datetime]::new(2026, 11, 23, 1, 2, 3, [DateTimeKind]::Utc); PauseMilliseconds = 0.052; IsCoherent = $true; Warnings = [string[]] @('one', "two`a") }
        """;

    [Fact]
    public void Clixml_keeps_every_property_of_a_frame()
    {
        using var shell = new EmbeddedShell();
        PyFrame frame = Samples.WithVariables(new() { ["b"] = "1", ["a"] = "2" }, null);
        SerializedForm.KeepOrder(new PyFrameList([frame]));
        shell.Set("frame", frame);
        Assert.Equal(Clixml, Assert.Single(shell.Run("[Management.Automation.PSSerializer]::Serialize($frame, 2)")).ToString().ReplaceLineEndings("\n"));
    }

    private const string Clixml =
        """
        <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
          <Obj RefId="0">
            <TN RefId="0">
              <T>PyStack.PyFrame</T>
              <T>System.Object</T>
            </TN>
            <ToString>f (/srv/app.py:3)</ToString>
            <Props>
              <I32 N="ProcessId">112</I32>
              <Nil N="ProcessName" />
              <I32 N="ThreadId">112</I32>
              <Nil N="ThreadName" />
              <I64 N="InterpreterId">0</I64>
              <I32 N="Index">0</I32>
              <S N="Kind">Python</S>
              <S N="Function">f</S>
              <Nil N="QualifiedName" />
              <S N="File">/srv/app.py</S>
              <I32 N="Line">3</I32>
              <Nil N="EndLine" />
              <Nil N="Column" />
              <Nil N="EndColumn" />
              <S N="SourceLine">    return a</S>
              <B N="IsSourceNewer">false</B>
              <Obj N="Arguments" RefId="1">
                <TN RefId="1">
                  <T>System.Collections.Specialized.OrderedDictionary</T>
                  <T>PyStack.PyVariables</T>
                  <T>System.Collections.Specialized.OrderedDictionary</T>
                  <T>System.Object</T>
                </TN>
                <DCT>
                  <En>
                    <S N="Key">b</S>
                    <S N="Value">1</S>
                  </En>
                  <En>
                    <S N="Key">a</S>
                    <S N="Value">2</S>
                  </En>
                </DCT>
              </Obj>
              <Nil N="Locals" />
              <Nil N="Library" />
              <Nil N="Address" />
              <B N="IsInlined">false</B>
              <S N="Gil">Unknown</S>
              <S N="StackHash"></S>
              <DT N="CapturedAt">0001-01-01T00:00:00</DT>
            </Props>
          </Obj>
        </Objs>
        """;

    private const string FrameJson =
        """{"ProcessId":112,"ProcessName":"py","ThreadId":114,"ThreadName":"w","InterpreterId":0,"Index":0,"Kind":"Native","Function":"f","QualifiedName":null,"File":"a.c","Line":3,"EndLine":null,"Column":null,"EndColumn":null,"SourceLine":null,"IsSourceNewer":false,"Arguments":{"b":"1","a":"'2', 3"},"Locals":{},"Library":"l.so","Address":255,"IsInlined":true,"Gil":"Held","StackHash":"","CapturedAt":"2026-11-23T01:02:03Z"}""";

    [Fact]
    public void ConvertTo_Json_has_every_property_enums_by_name_and_nothing_is_truncated_at_depth_4() => Assert.Equal(
        new HostResult(
            $$"""
            [{"ProcessId":112,"ProcessName":null,"ThreadId":114,"Name":null,"PythonName":"wörker","Source":"Process","Path":null,"CoreSummary":[],"InterpreterId":0,"InterpreterCount":1,"Part":0,"RuntimeCount":1,"RuntimeIndex":0,"PythonVersion":"3.12.1","Gil":"Held","IsCollectingGarbage":null,"IsTerminated":false,"State":"Sleeping","CpuSeconds":1.25,"Exception":"KeyError: 'x'","IsMerged":null,"Status":"Has the GIL","Frames":[{{FrameJson}},{{FrameJson}}],"Wait":null,"UnchangedSeconds":null,"IsStuck":null,"StackHash":"0123456789abcdef","CapturedAt":"2026-11-23T01:02:03Z","PauseMilliseconds":0.052,"StoppedThreads":0,"IsCoherent":true,"Warnings":["one","two\\x07"]}]
            00:00:00.0000520 00:00:00.0000520 00:00:01.2500000 00:00:01.2500000

            """.ReplaceLineEndings("\n"),
            "",
            0),
        RealShell.Run(Thread + "; , $thread | ConvertTo-Json -Depth 4 -Compress -AsArray -WarningAction Stop; $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thread)); \"$($thread.Pause) $($copy.Pause) $($thread.CpuTime) $($copy.CpuTime)\""));

    private const string FrameCsv =
        """
        "ProcessId","ProcessName","ThreadId","ThreadName","InterpreterId","Index","Kind","Function","QualifiedName","File","Line","EndLine","Column","EndColumn","SourceLine","IsSourceNewer","Arguments","Locals","Library","Address","IsInlined","Gil","StackHash","CapturedAt"
        "112","py","114","w","0","0","Native","f",,"a.c","3",,,,,"False","b=1, a='2', 3","","l.so","255","True","Held","","11/23/2026 01:02:03"

        """;

    private const string ThreadCsv =
        """
        "ProcessId","ProcessName","ThreadId","Name","PythonName","Source","Path","CoreSummary","InterpreterId","InterpreterCount","Part","RuntimeCount","RuntimeIndex","PythonVersion","Gil","IsCollectingGarbage","IsTerminated","State","CpuSeconds","Exception","IsMerged","Status","Frames","Wait","UnchangedSeconds","IsStuck","StackHash","CapturedAt","PauseMilliseconds","StoppedThreads","IsCoherent","Warnings"
        "112",,"114",,"wörker","Process",,"","0","1","0","1","0","3.12.1","Held",,"False","Sleeping","1.25","KeyError: 'x'",,"Has the GIL","f (a.c:3, C, inlined, in l.so) > f (a.c:3, C, inlined, in l.so)",,,,"0123456789abcdef","11/23/2026 01:02:03","0.052","0","True","one; two\x07"

        """;

    [Fact]
    public void Csv_has_one_row_for_each_frame_or_thread_and_lists_as_text_deserialized_or_not()
    {
        string both = (FrameCsv + ThreadCsv).ReplaceLineEndings("\n");
        Assert.Equal(
            new HostResult(both + both, "", 0),
            RealShell.Run(
                "[cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture; " + Thread
                + "; foreach ($one in $thread, [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thread))) { $one.Frames[0] | ConvertTo-Csv; $one | ConvertTo-Csv }"));
    }

    [Fact]
    public void Group_Object_by_StackHash_counts_equal_stacks() => Assert.Equal(
        new HostResult("2 0123456789abcdef Thread 114 [Has the GIL] f (C in l.so)\n", "", 0),
        RealShell.Run(Thread + "; $thread, $thread | Group-Object StackHash | ForEach-Object { \"$($_.Count) $($_.Name) $($_.Group[0])\" }"));

    [Fact]
    public void Enums_are_compared_completed_and_sorted_as_enums() => Assert.Equal(
        new HostResult("True True 1 True Held Dropping Held,Dropping\n", "", 0),
        RealShell.Run(
            Thread + "; $l = '$thread.Gil -eq [PyStack.PyGilState]::Dro'; $a, $b = $thread.Gil, [PyStack.PyGilState]::Dropping; "
            + "\"$($thread.Gil -eq 'Held') $($thread.Gil -eq [PyStack.PyGilState]::Held) $(@($thread | Where-Object Gil -EQ Held).Count) $($thread.Gil -is [enum]) $($thread.Gil) "
            + "$((TabExpansion2 $l $l.Length).CompletionMatches.CompletionText) $(($b, $a | Sort-Object) -join ',')\""));

    [Fact]
    public void Completion_of_a_threads_members_offers_those_that_a_user_reads() => Assert.Equal(
        new HostResult("Part,Path,PauseMilliseconds,ProcessId,ProcessName,PythonName,PythonVersion\n", "", 0),
        RealShell.Run(Thread + "; (TabExpansion2 '$thread.P' 9).CompletionMatches.CompletionText -join ','"));

    [Fact]
    public void Enums_come_out_of_a_job_and_of_clixml_by_their_names() => Assert.Equal(
        new HostResult("string Held 1 string Native b,a\nstring Held 1 string Native b,a\n", "", 0),
        RealShell.Run(
            $"$text = @'\n{Thread}\n$thread\n'@\n{Thread}; $job = Start-Job {{ Import-Module '{ModuleFiles.Manifest}'; $ExecutionContext.InvokeCommand.InvokeScript($using:text) }} | Receive-Job -Wait -AutoRemoveJob; "
            + "$copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thread)); "
            + "foreach ($one in $job, $copy) { $f = $one.Frames[0]; \"$($one.Gil.GetType()) $($one.Gil) $(@($one | Where-Object Gil -EQ Held).Count) $($f.Kind.GetType()) $($f.Kind) $($f.Arguments.Keys -join ',')\" }"));
}
