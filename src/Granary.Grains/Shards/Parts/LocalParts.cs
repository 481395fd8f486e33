using Granary.Deployments;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>The parts that this silo was given: loads what is new, closes what is no longer wanted. One thing at a time: loading takes memory and cores.</summary>
internal sealed partial class LocalParts(
    LocalModels models, ILocalModelLoader loader, ReplicaReporter reporter, IOptions<DeploymentsOptions> options, TimeProvider timeProvider, ILogger<LocalParts> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleLook = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal); // by model
    private Task _work = Task.CompletedTask;

    /// <summary>How far it is.</summary>
    public PartReport[] Reports
    {
        get
        {
            lock (_lock)
            {
                return [.. _held.Values.Select(held => new PartReport(held.Part, held.State, held.Error))];
            }
        }
    }

    /// <summary>Begins to make the parts those that were ordered; what is under way is finished first.</summary>
    /// <param name="orders">All that this silo is to hold.</param>
    /// <param name="cancellationToken">Ends what is under way.</param>
    public void Obey(IReadOnlyList<PartOrder> orders, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var order in orders)
            {
                if (_held.TryGetValue(order.Part.Model, out var held))
                {
                    held.Part = order.Part; // the same weights
                }
                else
                {
                    _held[order.Part.Model] = new Held(order.Part);
                }
            }

            if (_work.IsCompleted)
            {
                var wanted = orders.Select(order => order.Part.Model).ToHashSet(StringComparer.Ordinal);
                _work = WorkAsync(wanted, cancellationToken);
            }
        }
    }

    private async Task WorkAsync(HashSet<string> wanted, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Held[] all;
        lock (_lock)
        {
            all = [.. _held.Values];
        }

        foreach (var held in all.Where(held => !wanted.Contains(held.Part.Model)))
        {
            await CloseAsync(held, cancellationToken);
        }

        foreach (var held in all.Where(held => wanted.Contains(held.Part.Model) && IsDue(held)))
        {
            await LoadAsync(held, cancellationToken);
        }
    }

    private bool IsDue(Held held) =>
        held.State == PartState.Waiting || (held.State == PartState.Failed && timeProvider.GetElapsedTime(held.FailedAt) >= RetryAfter);

    private async Task LoadAsync(Held held, CancellationToken cancellationToken)
    {
        var name = held.Part.Model;
        held.State = PartState.Loading;
        try
        {
            var model = await loader.LoadAsync(name, cancellationToken);
            held.Model = model;
            models.Add(model);
            (held.State, held.Error) = (PartState.Ready, null);
            LogLoaded(name, held.Part.Replica);
            await reporter.ReportAsync(model);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            (held.Error, held.FailedAt, held.State) = (exception.Message, timeProvider.GetTimestamp(), PartState.Failed);
            LogNotLoaded(exception, name);
        }
    }

    /// <summary>Takes nothing new, lets what runs end for a while, then closes.</summary>
    private async Task CloseAsync(Held held, CancellationToken cancellationToken)
    {
        var name = held.Part.Model;
        if (held.Model is { } model)
        {
            models.Retire(name);
            await reporter.ReportAsync(model); // as one that takes nothing
            var begin = timeProvider.GetTimestamp();
            using var timer = new PeriodicTimer(IdleLook, timeProvider);
            while (model.Engine.Status is { Running: > 0 } or { Waiting: > 0 } && timeProvider.GetElapsedTime(begin) < options.Value.UnloadAfter)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }

            await reporter.WithdrawAsync(model);
            models.Remove(name);
            await model.DisposeAsync();
        }

        lock (_lock)
        {
            _held.Remove(name);
        }

        LogClosed(name);
    }

    private sealed class Held(PartKey part)
    {
        public PartKey Part { get; set; } = part;

        public PartState State { get; set; }

        public string? Error { get; set; }

        public long FailedAt { get; set; }

        public LocalModel? Model { get; set; }
    }

    [LoggerMessage(2611, LogLevel.Information, "Model {Model} is served here as replica {Replica} of its deployment")]
    private partial void LogLoaded(string model, int replica);

    [LoggerMessage(2612, LogLevel.Error, "Model {Model}, which this silo was given, could not be loaded; it tries again")]
    private partial void LogNotLoaded(Exception exception, string model);

    [LoggerMessage(2613, LogLevel.Information, "Model {Model} is served here no longer: its deployment does not want it here")]
    private partial void LogClosed(string model);
}
