using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Granary.Host.Chat;

/// <summary>The cluster's chat hub, at whichever gateway answers: when one is gone, calls and replies go on at the next.</summary>
/// <param name="gateway">The gateway to begin with.</param>
/// <param name="time">The clock.</param>
/// <param name="key">API key or token to send, if one is needed.</param>
internal sealed class ChatLink(Uri gateway, TimeProvider time, string? key = null) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private List<Uri> _gateways = [gateway];
    private HubConnection? _hub;

    /// <summary>Connects to the gateway that was named, and to no other.</summary>
    /// <exception cref="WebSocketException">Nobody answers there.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => ConnectAsync(_gateways[0], cancellationToken);

    /// <summary>Calls a hub method that may be called twice.</summary>
    /// <exception cref="HubException">The hub refused, or no gateway could be reached.</exception>
    public async Task<T> InvokeAsync<T>(string method, CancellationToken cancellationToken, params object?[] arguments)
    {
        var since = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await (await HubAsync(cancellationToken)).InvokeAsync<T>(method, cancellationToken, arguments);
            }
            catch (HubException lost) when (lost.IsConnectionLost && time.GetElapsedTime(since) < Patience)
            {
                await RestAsync(attempt, cancellationToken);
            }
        }
    }

    /// <summary>Says something; the events of the reply come each once, over as many connections as it takes. Leaving the loop early does not stop the reply everywhere: call <c>Stop</c>.</summary>
    /// <exception cref="HubException">The hub refused, the reply failed, or no gateway could be reached for a minute.</exception>
    public async IAsyncEnumerable<TurnMessage> SayAsync(string session, string text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var message = new { text, id = Guid.NewGuid().ToString("N") };
        (int? turn, int next, int attempt, long since) = (null, 0, 0, time.GetTimestamp());
        while (true)
        {
            await using var events = (turn is { } running
                ? StreamAsync("Resume", [session, running, next], cancellationToken)
                : StreamAsync("Send", [session, message], cancellationToken)).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, time.GetElapsedTime(since) < Patience) is { } isAny)
            {
                if (!isAny)
                {
                    yield break;
                }

                turn = events.Current.Turn;
                if (events.Current.Frame is { } frame)
                {
                    if (frame.FirstIndex < next)
                    {
                        continue;
                    }

                    next = frame.End;
                }

                (attempt, since) = (0, time.GetTimestamp());
                yield return events.Current;
                if (events.Current.Frame?.FinishReason is not null)
                {
                    yield break;
                }
            }

            await RestAsync(attempt++, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _hub?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async IAsyncEnumerable<TurnMessage> StreamAsync(string method, object?[] arguments, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var hub = await HubAsync(cancellationToken);
        await foreach (var item in hub.StreamAsync<TurnMessage>(method, arguments, cancellationToken))
        {
            yield return item;
        }
    }

    /// <returns>Whether there is another event; <see langword="null"/> when the connection was lost.</returns>
    private static async Task<bool?> NextAsync(IAsyncEnumerator<TurnMessage> events, bool mayResume)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (HubException lost) when (lost.IsConnectionLost && mayResume)
        {
            return null;
        }
    }

    private async Task<HubConnection> HubAsync(CancellationToken cancellationToken)
    {
        if (_hub is { IsConnected: true } hub)
        {
            return hub;
        }

        Exception? reason = null;
        foreach (var next in _gateways.ToArray())
        {
            try
            {
                return await ConnectAsync(next, cancellationToken);
            }
            catch (Exception failure) when (failure is WebSocketException or HubException { IsConnectionLost: true })
            {
                reason = failure;
            }
        }

        throw HubException.ConnectionLost(reason);
    }

    private async Task<HubConnection> ConnectAsync(Uri url, CancellationToken cancellationToken)
    {
        if (_hub is { } old)
        {
            _hub = null;
            await old.DisposeAsync();
        }

        var hub = new HubConnection(key);
        try
        {
            await hub.StartAsync(new Uri(url, "hubs/chat"), cancellationToken);
            var others = await hub.InvokeAsync<Uri[]>("Gateways", cancellationToken);
            _gateways = [url, .. others.Concat(_gateways).Where(other => other.Authority != url.Authority).DistinctBy(other => other.Authority, StringComparer.OrdinalIgnoreCase)];
            return _hub = hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    private Task RestAsync(int attempt, CancellationToken cancellationToken) => Task.Delay(
        TimeSpan.FromTicks(Math.Min(FirstDelay.Ticks << Math.Min(attempt, 10), LongestDelay.Ticks)), time, cancellationToken);
}
