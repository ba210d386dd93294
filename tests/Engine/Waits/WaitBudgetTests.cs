using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using PyStack.Engine.Waits;
using PyStack.Engine.Waits.Descriptors;
using Xunit;

namespace PyStack.Engine.Tests.Waits;

public sealed class WaitBudgetTests
{
    [Fact]
    public void Without_time_descriptors_are_numbers_and_no_table_is_read()
    {
        using FileStream file = File.OpenRead(typeof(WaitBudgetTests).Assembly.Location);
        int number = (int)file.SafeFileHandle.DangerousGetHandle();
        WaitBudget none = new(TimeSpan.Zero, CancellationToken.None);
        int lines = 0;

        ProcLines.Read("/proc/self/net/unix", none, _ => ++lines > 0);

        Assert.Equal(0, lines);
        Assert.Equal(new Descriptor(number, DescriptorKind.Unknown, null), new DescriptorReader(Environment.ProcessId, none).Read(Environment.ProcessId, number));
        Assert.Equal(file.Name, new DescriptorReader(Environment.ProcessId, Plenty()).Read(Environment.ProcessId, number).Link);
    }

    [Fact]
    public void Cancelled_work_ends_in_the_middle_of_a_table()
    {
        using CancellationTokenSource source = new();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => ProcLines.Read("/proc/self/net/unix", new WaitBudget(TimeSpan.FromMinutes(1), source.Token), _ => true));
    }

    [Fact]
    public void A_process_that_has_ended_has_no_descriptors()
    {
        using Process ended = Process.Start("true");
        ended.WaitForExit();
        DescriptorReader reader = new(ended.Id, Plenty());

        Assert.Equal(DescriptorKind.Unknown, reader.Read(ended.Id, 0).Kind);
        Assert.Empty(reader.Watched(ended.Id, 0, 4, out int count));
        Assert.Equal(0, count);
    }

    /// <summary>Such a file system may ask its server even for what it knows already.</summary>
    [Fact]
    public void A_mount_of_a_server_is_not_local()
    {
        LocalMounts mounts = new(Environment.ProcessId, Plenty());
        foreach (string[] columns in File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')))
        {
            bool? expected = columns[Array.IndexOf(columns, "-") + 1] switch
            {
                "proc" or "tmpfs" or "ext4" or "xfs" or "overlay" => true,
                "nfs" or "nfs4" or "cifs" or "9p" or "fuse" or "virtiofs" or "autofs" => false,
                _ => null,
            };
            bool isLocal = mounts.IsLocal(int.Parse(columns[0], CultureInfo.InvariantCulture));
            Assert.Equal(expected ?? isLocal, isLocal);
        }

        Assert.False(mounts.IsLocal(-1));
    }

    private static WaitBudget Plenty() => new(TimeSpan.FromMinutes(1), CancellationToken.None);
}
