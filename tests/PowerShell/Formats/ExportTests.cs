using Xunit;

namespace PyStack.Tests.Formats;

/// <summary>What other commands make of the objects: the engine's own serializer here, and PowerShell's commands where there is a pwsh.</summary>
public sealed class ExportTests
{
    // The same thread, typed as PowerShell.
    private const string Thread = """
        $frame = [PyStack.PyFrame]@{ ProcessId = 112; ThreadId = 114; ThreadName = 'w'; Index = 0; Kind = 'Native'; Function = 'f'; File = 'a.c'; Line = 3; Library = 'l.so'; Address = 255;
            Arguments = [Collections.Specialized.OrderedDictionary]::new(); IsInlined = $true }
        $frame.Arguments['b'] = '1'; $frame.Arguments['a'] = '2'
        $thread = [PyStack.PyThread]@{ ProcessId = 112; ThreadId = 114; Gil = 'Held'; PythonVersion = '3.12.1'; Status = 'Has the GIL'; Frames = @($frame); StackHash = '0123456789abcdef';
            CapturedAt = [datetime]::new(2026, 11, 23, 1, 2, 3, [DateTimeKind]::Utc); IsCoherent = $true; Warnings = @('one') }
        """;

    [Fact]
    public void Clixml_keeps_every_property_of_a_frame()
    {
        using var shell = new EmbeddedShell();
        shell.Set("frame", Samples.WithVariables(new() { ["b"] = "1", ["a"] = "2" }, null));
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
            </Props>
          </Obj>
        </Objs>
        """;

    [Fact]
    public void ConvertTo_Json_has_every_property_by_name() => Assert.Equal(
        new HostResult(
            """
            {"ProcessId":112,"ProcessName":null,"ThreadId":114,"Name":null,"Source":"Process","Path":null,"CoreSummary":[],"InterpreterId":0,"InterpreterCount":1,"Part":0,"RuntimeCount":1,"RuntimeIndex":0,"PythonVersion":"3.12.1","Gil":"Held","IsCollectingGarbage":null,"IsTerminated":false,"IsMerged":null,"Status":"Has the GIL","Frames":[{"ProcessId":112,"ThreadId":114,"ThreadName":"w","InterpreterId":0,"Index":0,"Kind":"Native","Function":"f","QualifiedName":null,"File":"a.c","Line":3,"EndLine":null,"Column":null,"EndColumn":null,"SourceLine":null,"IsSourceNewer":false,"Arguments":{"b":"1","a":"2"},"Locals":null,"Library":"l.so","Address":255,"IsInlined":true}],"StackHash":"0123456789abcdef","CapturedAt":"2026-11-23T01:02:03Z","StoppedThreads":0,"IsCoherent":true,"Warnings":["one"]}

            """.ReplaceLineEndings("\n"),
            "",
            0),
        RealShell.Run(Thread + "; $thread | Select-Object * -ExcludeProperty Pause | ConvertTo-Json -Depth 4 -EnumsAsStrings -Compress"));

    [Fact]
    public void Export_Csv_of_frames_is_a_row_for_each() => Assert.Equal(
        new HostResult(
            """
            "ProcessId","ThreadId","ThreadName","InterpreterId","Index","Kind","Function","QualifiedName","File","Line","EndLine","Column","EndColumn","SourceLine","IsSourceNewer","Arguments","Locals","Library","Address","IsInlined"
            "112","114","w","0","0","Native","f",,"a.c","3",,,,,"False","System.Collections.Specialized.OrderedDictionary",,"l.so","255","True"

            """.ReplaceLineEndings("\n"),
            "",
            0),
        RealShell.Run(Thread + "; $thread.Frames | ConvertTo-Csv"));

    [Fact]
    public void Group_Object_by_StackHash_counts_equal_stacks() => Assert.Equal(
        new HostResult("2 0123456789abcdef Thread 114 [Has the GIL] f (a.c:3, C, inlined, in l.so)\n", "", 0),
        RealShell.Run(Thread + "; $thread, $thread | Group-Object StackHash | ForEach-Object { \"$($_.Count) $($_.Name) $($_.Group[0])\" }"));

    [Fact]
    public void Enums_come_out_of_a_job_and_of_clixml_by_their_names() => Assert.Equal(
        new HostResult("string Held 1 string Native b,a\nstring Held 1 string Native b,a\n", "", 0),
        RealShell.Run(
            $"$text = @'\n{Thread}\n$thread\n'@\n{Thread}; $job = Start-Job {{ Import-Module '{ModuleFiles.Manifest}'; $ExecutionContext.InvokeCommand.InvokeScript($using:text) }} | Receive-Job -Wait -AutoRemoveJob; "
            + "$copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thread)); "
            + "foreach ($one in $job, $copy) { $f = $one.Frames[0]; \"$($one.Gil.GetType()) $($one.Gil) $(@($one | Where-Object Gil -EQ Held).Count) $($f.Kind.GetType()) $($f.Kind) $($f.Arguments.Keys -join ',')\" }"));
}
