using Granary.Deployments;
using Granary.Engine.Stages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>The parts that this silo was given: loads what is new, closes what is no longer wanted. One thing at a time: loading takes memory and cores.</summary>
internal sealed partial class LocalParts(
    LocalModels models, PartLoader loader, ReplicaReporter reporter, IOptions<DeploymentsOptions> options, TimeProvider timeProvider, ILogger<LocalParts> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleLook = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<StageKey, HeldPart> _held = [];
    private Dictionary<StageKey, PartOrder> _orders = [];
    private Task _work = Task.CompletedTask;

    /// <summary>How far it is.</summary>
    public PartReport[] Reports
    {
        get
        {
            lock (_lock)
            {
                return [.. _held.Values.Select(held => new PartReport(held.Order.Part, held.State, held.Error))];
            }
        }
    }

    /// <summary>A stage of this silo that is ready; <see langword="null"/> where it is not there, or of another epoch.</summary>
    public IStage? FindStage(StageKey key, int epoch) => Find(key, epoch)?.Stage;

    /// <summary>The way of a head of this silo to its other stages.</summary>
    public RemoteStages? FindLink(StageKey key, int epoch) => Find(key, epoch)?.Link;

    /// <summary>Begins to make the parts those that were ordered; what is under way is finished first.</summary>
    /// <param name="orders">All that this silo is to hold.</param>
    /// <param name="cancellationToken">Ends what is under way.</param>
    public void Obey(IReadOnlyList<PartOrder> orders, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _orders = orders.ToDictionary(order => StageKey.Of(order.Part));
            foreach (var (key, order) in _orders)
            {
                if (!_held.TryGetValue(key, out var held))
                {
                    _held[key] = new HeldPart(order);
                }
                else if (held.Serves(order))
                {
                    held.Order = order;
                }
            }

            Continue(cancellationToken);
        }
    }

    /// <summary>Goes on with what was ordered last: a head that broke is closed, though nobody says so.</summary>
    public void Continue(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_work.IsCompleted)
            {
                _work = WorkAsync(cancellationToken);
            }
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var held in All().Where(held => OrderOf(held) is null))
        {
            await CloseAsync(held, options.Value.UnloadAfter, cancellationToken);
            Forget(held);
        }

        foreach (var held in All().Where(held => OrderOf(held) is { } order && !held.Serves(order)))
        {
            await CloseAsync(held, TimeSpan.Zero, cancellationToken);
            Forget(held);
        }

        foreach (var held in All())
        {
            if (held.IsBroken)
            {
                // Not kept until it is told to begin anew: a silo with a stuck engine would leave the cluster.
                await CloseAsync(held, TimeSpan.Zero, cancellationToken);
                held.State = PartState.Broken;
            }
            else if (held.IsDue && (held.State != PartState.Failed || timeProvider.GetElapsedTime(held.FailedAt) >= RetryAfter))
            {
                await LoadAsync(held, cancellationToken);
            }
        }
    }

    private async Task LoadAsync(HeldPart held, CancellationToken cancellationToken)
    {
        held.State = PartState.Loading;
        try
        {
            held.Link = loader.LinkOf(held.Order);
            (held.Model, held.Stage) = await loader.LoadAsync(held.Order, held.Link, cancellationToken);
            (held.State, held.Error) = (PartState.Ready, null);
            LogLoaded(held.Order.Part.Model, held.Order.Part.Replica, held.Order.Part.Stage);
            if (held.Model is { } model)
            {
                models.Add(model);
                await reporter.ReportAsync(model);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            (held.Error, held.FailedAt, held.State) = (exception.Message, timeProvider.GetTimestamp(), PartState.Failed);
            LogNotLoaded(exception, held.Order.Part.Model);
        }
    }

    /// <summary>Takes nothing new, lets what runs end for a while, then closes.</summary>
    private async Task CloseAsync(HeldPart held, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (patience == TimeSpan.Zero)
        {
            held.Link?.Abandon();
        }

        if (held.Model is { } model)
        {
            models.Retire(model.Manifest.Name);
            await reporter.ReportAsync(model); // as one that takes nothing
            var begin = timeProvider.GetTimestamp();
            using var timer = new PeriodicTimer(IdleLook, timeProvider);
            while (model.Engine.Status is { Running: > 0 } or { Waiting: > 0 } && timeProvider.GetElapsedTime(begin) < patience)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }

            await reporter.WithdrawAsync(model);
            models.Remove(model.Manifest.Name);
            await model.DisposeAsync();
        }

        if (held.Stage is { } stage)
        {
            await stage.DisposeAsync();
        }

        (held.Model, held.Stage, held.Link) = (null, null, null);
        LogClosed(held.Order.Part.Model, held.Order.Part.Replica, held.Order.Part.Stage);
    }

    private HeldPart[] All()
    {
        lock (_lock)
        {
            return [.. _held.Values];
        }
    }

    private PartOrder? OrderOf(HeldPart held)
    {
        lock (_lock)
        {
            return _orders.GetValueOrDefault(StageKey.Of(held.Order.Part));
        }
    }

    private HeldPart? Find(StageKey key, int epoch)
    {
        lock (_lock)
        {
            return _held.GetValueOrDefault(key) is { } held && held.Order.Part.Epoch == epoch ? held : null;
        }
    }

    /// <summary>Its place is free; an order for it is begun anew.</summary>
    private void Forget(HeldPart held)
    {
        lock (_lock)
        {
            var key = StageKey.Of(held.Order.Part);
            _held.Remove(key);
            if (_orders.TryGetValue(key, out var order))
            {
                _held[key] = new HeldPart(order);
            }
        }
    }

    [LoggerMessage(2611, LogLevel.Information, "Stage {Stage} of replica {Replica} of model {Model} is ready here, as its deployment wants")]
    private partial void LogLoaded(string model, int replica, int stage);

    [LoggerMessage(2612, LogLevel.Error, "A part of model {Model}, which this silo was given, could not be loaded; it tries again")]
    private partial void LogNotLoaded(Exception exception, string model);

    [LoggerMessage(2613, LogLevel.Information, "Stage {Stage} of replica {Replica} of model {Model} is closed here")]
    private partial void LogClosed(string model, int replica, int stage);
}
