using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace PyStack.Bench;

/// <summary>
/// <c>dotnet run -c Release --project bench -- --filter '*'</c>: what a call costs us, in this process. What it costs the
/// target is measured from inside of the target, by <c>bench/pause.sh</c>.
/// </summary>
internal static class Program
{
    public static void Main(string[] args)
    {
        if (args is ["sample", ..])
        {
            SampleRun.Run(args);
            return;
        }

        if (args is ["truth", ..])
        {
            TruthRun.Run(args);
            return;
        }

        if (args is ["profile", ..])
        {
            ProfileRun.Run(args);
            return;
        }

        IConfig config = DefaultConfig.Instance
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumn(StatisticColumn.Median);
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
    }
}
