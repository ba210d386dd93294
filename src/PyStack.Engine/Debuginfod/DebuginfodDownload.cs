using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Native;

namespace PyStack.Engine.Debuginfod;

/// <summary>What came of one request.</summary>
internal enum DownloadResult
{
    /// <summary>The file was written.</summary>
    Done,

    /// <summary>The server does not have it.</summary>
    NotFound,

    /// <summary>It is larger than may be fetched.</summary>
    TooLarge,

    /// <summary>The server did not answer, or not as a debuginfod does.</summary>
    Failed,

    /// <summary>The file could not be written here.</summary>
    NotWritten,
}

/// <summary>What came of one request, and why, as the end of a sentence about the server.</summary>
internal readonly record struct DownloadOutcome(DownloadResult Result, string Problem, long Bytes = 0);

/// <summary>One request to one server, with an end in time and in size. The calling thread waits for it; <c>cancellation</c> ends it at once.</summary>
internal static class DebuginfodDownload
{
    /// <summary>What a server has to send in each <see cref="DebuginfodSettings.Timeout"/>: elfutils' number.</summary>
    private const long RequiredBytes = 100 << 10;

    /// <summary>Characters of a redirect that are shown.</summary>
    private const int MostShown = 200;

    private const int BufferBytes = 1 << 16;

    private const string NeedsOpenSsl = "cannot be asked: https needs OpenSSL (libssl.so.3), which is not installed here";

    /// <summary>Redirects that are followed.</summary>
    private const int MaxRedirects = 5;

    // .NET throws at some redirects that a server can send, such as one to a file.
    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Fetches a file.</summary>
    /// <param name="address">Without the user's name and password.</param>
    /// <param name="server">As the user has written it.</param>
    /// <param name="progress">Called with the bytes that have come, and with those of the whole file where the server says how many.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DownloadOutcome Get(Uri address, Uri server, Stream destination, DebuginfodSettings settings, Action<long, long?> progress, CancellationToken cancellation)
    {
        if (address.Scheme == Uri.UriSchemeHttps && !OpenSsl.IsPresent)
        {
            return new DownloadOutcome(DownloadResult.Failed, NeedsOpenSsl);
        }

        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Extend();
        try
        {
            using HttpResponseMessage response = Ask(address, server, settings, deadline.Token);
            if (Refusal(response) is DownloadOutcome refusal)
            {
                return refusal;
            }

            long? length = response.Content.Headers.ContentLength;
            if (length > settings.MaxBytes)
            {
                return TooLarge(settings);
            }

            using Stream body = Wait(response.Content.ReadAsStreamAsync(deadline.Token));
            byte[] buffer = new byte[BufferBytes];
            long bytes = 0;
            long extendedAt = 0;
            while (Wait(body.ReadAsync(buffer, deadline.Token).AsTask()) is int count and > 0)
            {
                bytes += count;
                if (bytes > settings.MaxBytes)
                {
                    return TooLarge(settings);
                }

                if (!TryWrite(destination, buffer.AsSpan(0, count), out string problem))
                {
                    return new DownloadOutcome(DownloadResult.NotWritten, problem);
                }

                if (bytes - extendedAt >= RequiredBytes)
                {
                    extendedAt = bytes;
                    Extend();
                }

                progress(bytes, length);
            }

            return bytes == 0 ? new DownloadOutcome(DownloadResult.Failed, "sent an empty file") : new DownloadOutcome(DownloadResult.Done, "", bytes);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DownloadOutcome(DownloadResult.Failed, Stopwatch.GetElapsedTime(start) >= settings.MaxTime
                ? string.Create(CultureInfo.InvariantCulture, $"did not send the file within {settings.MaxTime.TotalSeconds:0.###} s (DEBUGINFOD_MAXTIME)")
                : string.Create(CultureInfo.InvariantCulture, $"did not send {RequiredBytes >> 10} KB within {settings.Timeout.TotalSeconds:0.###} s (DEBUGINFOD_TIMEOUT)"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever the library throws at an answer that no server should give.
            cancellation.ThrowIfCancellationRequested();
            return new DownloadOutcome(DownloadResult.Failed, $"did not answer as a debuginfod server: {e.GetBaseException().Message.TrimEnd('.')}");
        }

        void Extend()
        {
            TimeSpan left = settings.MaxTime - Stopwatch.GetElapsedTime(start);
            deadline.CancelAfter(left <= TimeSpan.Zero ? TimeSpan.Zero : left < settings.Timeout ? left : settings.Timeout);
        }
    }

    // The last answer: one that is no redirect, or one that is not followed.
    private static HttpResponseMessage Ask(Uri address, Uri server, DebuginfodSettings settings, CancellationToken deadline)
    {
        for (int followed = 0; ; followed++)
        {
            using HttpRequestMessage request = RequestOf(address, server, settings);
            HttpResponseMessage response = Wait(Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline));
            if (!IsRedirect(response) || NextOf(address, response) is not Uri next || followed == MaxRedirects)
            {
                return response;
            }

            address = next;
            response.Dispose();
        }
    }

    private static bool IsRedirect(HttpResponseMessage response) => response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest;

    // Only to http and https, and from https to nothing less; to https only where that is possible.
    private static Uri? NextOf(Uri address, HttpResponseMessage response)
        => response.Headers.Location is Uri location && Uri.TryCreate(address, location, out Uri? next)
            && ((next.Scheme == Uri.UriSchemeHttps && OpenSsl.IsPresent) || (next.Scheme == Uri.UriSchemeHttp && address.Scheme == Uri.UriSchemeHttp))
                ? next
                : null;

    // The thread is a worker's, which nothing else waits for.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static DownloadOutcome? Refusal(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.OK when response.Content.Headers.ContentEncoding.Count > 0 => new DownloadOutcome(DownloadResult.Failed, "sent a compressed file, which was not asked for"),
        HttpStatusCode.OK => null,
        HttpStatusCode.NotFound => new DownloadOutcome(DownloadResult.NotFound, "does not have it"),

        // debuginfod's answer to a file that is larger than X-DEBUGINFOD-MAXSIZE.
        HttpStatusCode.NotAcceptable => new DownloadOutcome(DownloadResult.TooLarge, "has it, and says that it is larger than may be fetched (DEBUGINFOD_MAXSIZE)"),
        _ when IsRedirect(response) => new DownloadOutcome(DownloadResult.Failed, NextOf(response.RequestMessage!.RequestUri!, response) is null
            ? $"sends to {Shown(response.Headers)}, which is not followed"
            : $"sends on more than {MaxRedirects} times"),
        HttpStatusCode status => new DownloadOutcome(DownloadResult.Failed, $"answered with status {(int)status}"),
    };

    private static string Shown(HttpResponseHeaders headers)
    {
        string text = headers.NonValidated.TryGetValues("Location", out HeaderStringValues values) ? values.ToString() : "nowhere";
        return text.Length <= MostShown ? text : text[..MostShown];
    }

    private static DownloadOutcome TooLarge(DebuginfodSettings settings)
        => new(DownloadResult.TooLarge, $"has it, but it is larger than {settings.MaxBytes} bytes (DEBUGINFOD_MAXSIZE)");

    private static HttpRequestMessage RequestOf(Uri address, Uri server, DebuginfodSettings settings)
    {
        HttpRequestMessage request = new(HttpMethod.Get, address);
        _ = request.Headers.TryAddWithoutValidation("User-Agent", "PyStack");
        _ = request.Headers.TryAddWithoutValidation("X-DEBUGINFOD-MAXSIZE", settings.MaxBytes.ToString(CultureInfo.InvariantCulture));
        if (server.UserInfo.Length > 0 && Uri.Compare(address, server, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(server.UserInfo))));
        }

        return request;
    }

    private static bool TryWrite(Stream destination, ReadOnlySpan<byte> bytes, out string problem)
    {
        problem = "";
        try
        {
            destination.Write(bytes);
            return true;
        }
        catch (IOException e)
        {
            problem = e.Message.TrimEnd('.');
            return false;
        }
    }
}
