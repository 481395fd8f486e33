using Granary.Clustering;
using Granary.Deployments;
using Granary.Engine.Experts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>The experts that this silo was given, and where the others are: loads what is new, closes what is no longer wanted.</summary>
internal sealed partial class LocalExperts(
    IExpertLoader loader,
    LocalSilo silo,
    IGrainFactory grains,
    ISiloMembers members,
    ExpertMetrics metrics,
    IOptions<ExpertsOptions> options,
    IOptions<DeploymentsOptions> deployments,
    TimeProvider timeProvider,
    ILogger<LocalExperts> logger) : IRunningWork, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HeldExperts> _held = new(StringComparer.Ordinal);
    private Task _work = Task.CompletedTask;

    /// <summary>Models of which others may still ask experts here: a silo that leaves waits until they are loaded elsewhere.</summary>
    int IRunningWork.Count
    {
        get
        {
            var address = silo.Address.ToParsableString();
            return All().Count(held => held is { LeftAt: null, Order: { } order } && order.Holders.Concat(order.Previous ?? []).Any(holder => holder.Address == address));
        }
    }

    /// <summary>The experts of a model that are here; <see langword="null"/> where none can be.</summary>
    public ExpertSet? Find(string model)
    {
        lock (_lock)
        {
            return _held.GetValueOrDefault(model)?.Set;
        }
    }

    /// <summary>How the layers of a model on this silo reach its experts.</summary>
    /// <exception cref="InvalidOperationException">Its experts were not ordered.</exception>
    public async Task<ExpertAccess> AccessAsync(string model, HiddenFormat format, CancellationToken cancellationToken)
    {
        var held = All().FirstOrDefault(held => held.Model == model) ?? throw new InvalidOperationException($"The experts of '{model}' are not known here yet.");
        return new ExpertAccess(held.Link, await held.OpenAsync(cancellationToken), held.Loads, format);
    }

    /// <summary>How far it is, and what was chosen since it was last asked.</summary>
    public ExpertReport[] Report()
    {
        lock (_lock)
        {
            return [.. _held.Values.Where(held => held.LeftAt is null).Select(held => held.Report(withTokens: true))];
        }
    }

    /// <summary>Takes new placements at once, and begins to load what they want here.</summary>
    public void Obey(IReadOnlyList<ExpertOrder> orders, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var order in orders)
            {
                if (!_held.TryGetValue(order.Model, out var held))
                {
                    _held[order.Model] = held = Create(order.Model);
                }

                held.LeftAt = null;
                held.Order = order.Experts ?? held.Order;
            }

            foreach (var held in _held.Values.Where(held => orders.All(order => order.Model != held.Model)))
            {
                held.LeftAt ??= timeProvider.GetTimestamp();
            }

            if (_work.IsCompleted)
            {
                _work = WorkAsync(cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _work;
        foreach (var held in All())
        {
            await held.DisposeAsync();
        }
    }

    private HeldExperts Create(string model)
    {
        var table = new ExpertTable(silo.Address, address => grains.GetGrain<IExpertGrain>(new ShardKey(model, address).ToString()), options.Value, timeProvider);
        return new HeldExperts(model, loader, table, new RemoteExperts(model, table, members, metrics, options.Value, timeProvider));
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var held in All())
        {
            if (held.LeftAt is { } left)
            {
                // What runs elsewhere is still finished, as long as replicas that are given up are.
                if (timeProvider.GetElapsedTime(left) > deployments.Value.UnloadAfter)
                {
                    Forget(held);
                    await held.DisposeAsync();
                }
            }
            else if (held.Order is { } order && order.Version != held.AppliedVersion && (held.Error is null || timeProvider.GetElapsedTime(held.FailedAt) >= RetryAfter))
            {
                await ApplyAsync(held, order, cancellationToken);
            }
        }
    }

    private async Task ApplyAsync(HeldExperts held, PlannedExperts order, CancellationToken cancellationToken)
    {
        try
        {
            ExpertId[] experts = [.. order.HeldBy(silo.Address.ToParsableString()).SelectMany((layer, number) => layer.Select(expert => new ExpertId(number, expert)))];
            var set = await held.OpenAsync(cancellationToken);
            await set.ChangeAsync(experts, cancellationToken);
            (held.AppliedVersion, held.Error) = (order.Version, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            (held.Error, held.FailedAt) = (exception.Message, timeProvider.GetTimestamp());
            LogNotLoaded(exception, held.Model);
        }
    }

    private HeldExperts[] All()
    {
        lock (_lock)
        {
            return [.. _held.Values];
        }
    }

    private void Forget(HeldExperts held)
    {
        lock (_lock)
        {
            _held.Remove(held.Model);
        }
    }

    [LoggerMessage(2631, LogLevel.Error, "Experts of model {Model}, which this silo was given, could not be loaded; it tries again")]
    private partial void LogNotLoaded(Exception exception, string model);
}
