using System.Collections.Concurrent;

namespace Orleans.Runtime.Membership;

/// <summary>Watches other silos: probes its successors in address order, and takes refused connections as evidence at once.</summary>
internal sealed class SiloWatch(SiloRuntime silo) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<SiloAddress, int> _missed = new();
    private readonly ConcurrentDictionary<SiloAddress, Task> _suspecting = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = CleanContext.Run(this, static watch => Task.Run(watch.ProbeLoopAsync));

    /// <summary>
    /// A connection was refused. On the silo's own machine that is proof: the kernel says that nobody listens.
    /// From elsewhere it is a vote, since something between may have refused.
    /// </summary>
    public void ConnectionRefused(SiloAddress other) => Report(other, other.Endpoint.Address.Equals(silo.Address.Endpoint.Address));

    /// <summary>Another silo answers at that endpoint.</summary>
    public void Replaced(SiloAddress other) => Report(other, isConclusive: true);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Report(SiloAddress other, bool isConclusive)
    {
        if (_stopping.IsCancellationRequested || silo.Membership.Current.IsGone(other))
        {
            return;
        }

        var source = new TaskCompletionSource();
        if (_suspecting.TryAdd(other, source.Task))
        {
            _ = CleanContext.Run((this, other, isConclusive), static state => Task.Run(() => state.Item1.SuspectAsync(state.other, state.isConclusive)));
        }
    }

    private async Task SuspectAsync(SiloAddress other, bool isConclusive)
    {
        try
        {
            await silo.Membership.SuspectAsync(other, isConclusive);
        }
        catch (Exception exception)
        {
            silo.Logs.TableUnavailable(exception);
        }
        finally
        {
            _suspecting.TryRemove(other, out _);
        }
    }

    private async Task ProbeLoopAsync()
    {
        using var timer = new PeriodicTimer(silo.MembershipOptions.ProbeTimeout, silo.Time);
        while (await timer.WaitForNextTickAsync(_stopping.Token))
        {
            foreach (var other in Watched())
            {
                _ = ProbeAsync(other);
            }
        }
    }

    private IEnumerable<SiloAddress> Watched()
    {
        var others = silo.Membership.Current.ActiveSilos.Where(other => !other.Equals(silo.Address)).ToArray();
        var after = Array.FindIndex(others, other => other.CompareTo(silo.Address) > 0);
        return Enumerable.Range(0, Math.Min(others.Length, silo.MembershipOptions.NumProbedSilos))
            .Select(offset => others[(Math.Max(after, 0) + offset) % others.Length]);
    }

    private async Task ProbeAsync(SiloAddress other)
    {
        try
        {
            await silo.SystemTargets.Get<Management.ISiloControl>(other).ProbeAsync().WaitAsync(silo.MembershipOptions.ProbeTimeout, silo.Time, _stopping.Token);
            _missed.TryRemove(other, out _);
        }
        catch (Exception) when (!_stopping.IsCancellationRequested)
        {
            if (_missed.AddOrUpdate(other, 1, static (_, count) => count + 1) >= silo.MembershipOptions.NumMissedProbesLimit)
            {
                Report(other, isConclusive: false);
            }
        }
        catch (OperationCanceledException)
        {
            // This silo stops.
        }
    }
}
