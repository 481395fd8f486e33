using System.Net;
using System.Text;
using System.Text.Json;
using Granary.Chaos.Ledgers;

namespace Granary.Chaos.Clients;

/// <summary>Asks for a streamed completion and reads it to its end at whatever gateway answers, with <c>Last-Event-ID</c> after a break.</summary>
internal sealed class CompletionReader(GatewayPool gateways, Journal journal, Random random)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(8);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private volatile CancellationTokenSource? _connection;

    /// <summary>The longest time without anything new, faults and all.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Breaks the connection off; the reader goes on elsewhere.</summary>
    public void Vanish()
    {
        try
        {
            _connection?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It had ended by itself.
        }
    }

    /// <summary>Asks and reads.</summary>
    public Task AskAsync(CompletionLedger ledger, CancellationToken cancellationToken) => FollowAsync(ledger, cancellationToken);

    /// <summary>Reads again from the beginning what <paramref name="id"/> is.</summary>
    public Task ReplayAsync(CompletionLedger ledger, string id, CancellationToken cancellationToken)
    {
        ledger.Id = id;
        return FollowAsync(ledger, cancellationToken);
    }

    private async Task FollowAsync(CompletionLedger ledger, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(random);
        Uri? gateway = null;
        string? last = null;
        while (!ledger.IsDone)
        {
            if (ledger.Quiet > Patience)
            {
                journal.Differs("hung", ledger.Where, $"nothing new for {Patience}, {ledger.Events.Count} events; last: {last}");
                return;
            }

            if (gateway is not null)
            {
                journal.Reconnected();
                await backoff.WaitAsync(cancellationToken);
            }

            gateway = gateways.Pick(random, gateway);
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _connection = connection;
            try
            {
                last = await ReadAsync(gateway, ledger, connection);
                if (last is not null)
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                last = failure.Message;
            }
        }
    }

    /// <returns>Why it cannot go on; <see langword="null"/> if it ended or another attempt helps.</returns>
    private async Task<string?> ReadAsync(Uri gateway, CompletionLedger ledger, CancellationTokenSource connection)
    {
        connection.CancelAfter(Silence);
        using var request = Request(gateway, ledger);
        using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, connection.Token);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            var body = await answer.Content.ReadAsStringAsync(connection.Token);
            return Refused(ledger, answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.Conflict, $"{(int)answer.StatusCode} {body}");
        }

        ledger.Id ??= answer.Headers.TryGetValues("x-request-id", out var ids) ? ids.First() : null;
        await foreach (var item in SseReader.ReadAsync(await answer.Content.ReadAsStreamAsync(connection.Token), connection.Token))
        {
            connection.CancelAfter(Silence);
            if (Error(item) is { } code)
            {
                return Refused(ledger, Retry.Is(code), item.Data);
            }

            ledger.Add(item);
        }

        return null;
    }

    private static HttpRequestMessage Request(Uri gateway, CompletionLedger ledger)
    {
        if (ledger.Id is null)
        {
            return new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "v1/chat/completions"))
            {
                Content = new StringContent(ledger.Ask.Body.ToJsonString(), Encoding.UTF8, "application/json"),
            };
        }

        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway, $"v1/chat/completions/{ledger.Id}/events"));
        if (ledger.LastEventId is { } id)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
        }

        return request;
    }

    private string? Refused(CompletionLedger ledger, bool isRetryable, string what)
    {
        if (isRetryable)
        {
            journal.Retried("http");
            return null;
        }

        journal.Differs("failed", ledger.Where, $"after {ledger.Events.Count} events: {what}");
        return what;
    }

    private static string? Error(SseEvent item)
    {
        if (!item.Data.StartsWith("{\"error\"", StringComparison.Ordinal))
        {
            return null;
        }

        using var document = JsonDocument.Parse(item.Data);
        return document.RootElement.GetProperty("error").TryGetProperty("code", out var code) ? code.GetString() : "";
    }
}
