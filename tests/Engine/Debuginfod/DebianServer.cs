using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Debuginfod;

/// <summary>elfutils' own server over a folder of files.</summary>
internal sealed class DebianServer : IDisposable
{
    private static readonly HttpClient Http = new();

    private readonly Process _process;

    private DebianServer(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    /// <summary>Starts it and waits until it has read the files. A machine without it skips the test.</summary>
    /// <param name="files">What the test will ask for: a build-id, a slash, and the kind.</param>
    public static DebianServer Start(string folder, params string[] files)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/debuginfod"), "debuginfod is not installed (apt-get install debuginfod, or tests/machines.sh)");
        int port = FreePort();
        ProcessStartInfo start = new("debuginfod", ["-d", ":memory:", "-p", $"{port}", "-F", folder]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment.Remove("DEBUGINFOD_URLS");
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string address = $"http://127.0.0.1:{port}";
        Wait.Until(() => Array.TrueForAll(files, file => Has($"{address}/buildid/{file}")), "debuginfod reads its folder");
        return new DebianServer(process, address);
    }

    /// <summary>A port of the loopback interface where nobody listens.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool Has(string file)
    {
        try
        {
            using HttpResponseMessage answer = Http.GetAsync(new Uri(file), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
