using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class StopTests
{
    [Fact]
    public async Task Stop_cancels_the_engine_and_ends_the_pipeline()
    {
        using var working = new ManualResetEventSlim();
        bool letGo = false;
        int captures = 0;
        using var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (_, _, _, cancellation) =>
            {
                captures++;
                try
                {
                    working.Set();
                    cancellation.WaitHandle.WaitOne();
                    throw new OperationCanceledException(cancellation);
                }
                finally
                {
                    letGo = true;
                }
            },
        });

        using PowerShell pipeline = shell.NewPipeline().AddScript("1, 2 | Get-PyStack");
        IAsyncResult running = pipeline.BeginInvoke();
        working.Wait(TestContext.Current.CancellationToken);
        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);

        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(running));
        Assert.Equal(PSInvocationState.Stopped, pipeline.InvocationStateInfo.State);
        Assert.True(letGo);
        Assert.Equal(1, captures);
        Assert.Empty(pipeline.Streams.Error);
    }
}
