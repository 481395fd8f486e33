using System.Net.WebSockets;
using Granary.Chaos.Ledgers;
using Granary.Host.Chat;

namespace Granary.Chaos.Clients;

/// <summary>Calls a hub method at any gateway until one has answered.</summary>
internal sealed class HubCaller(GatewayPool gateways, Journal journal, Random random)
{
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(10);

    /// <exception cref="HubException">It was refused with a code that no repetition helps against.</exception>
    /// <exception cref="TimeoutException">No gateway answered for <paramref name="patience"/>.</exception>
    public async Task<T> InvokeAsync<T>(string method, TimeSpan patience, CancellationToken cancellationToken, params object?[] arguments)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var backoff = new Backoff(random);
        Exception? last = null;
        while (TimeProvider.System.GetElapsedTime(begin) < patience)
        {
            try
            {
                using var hub = new Vanishing(await GatewayPool.ConnectAsync(gateways.Pick(random), cancellationToken));
                using var call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                call.CancelAfter(CallPatience);
                return await hub.Connection.InvokeAsync<T>(method, call.Token, arguments);
            }
            catch (HubException refusal) when (Retry.Is(refusal.Code))
            {
                journal.Retried(refusal.Code);
                last = refusal;
            }
            catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                last = failure;
            }

            await backoff.WaitAsync(cancellationToken);
        }

        throw new TimeoutException($"{method} was not answered for {patience}: {last?.Message}", last);
    }
}
