using System.Collections.Concurrent;
using Granary.Clustering;
using Granary.Errors;
using Granary.Identity;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Granary.Turns;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Granary.Completions;

/// <summary>The completions of this silo, from their admission until they were read or go on elsewhere. What nobody reads is stopped, and forgotten when it has ended: the log has it.</summary>
internal sealed class CompletionRuns(TurnServices services, LocalSilo silo, IOptions<CompletionsOptions> options) : BackgroundService, ILocalCompletions
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Place> _runs = new(StringComparer.Ordinal);

    public string Mark => field ??= SiloMark.Of(silo.Address);

    public bool TryStart(string key, string model, GenerateRequest request, out Task<RateLimits?> accepted)
    {
        var isTaken = !services.Drain.IsDraining;
        accepted = isTaken ? StartHereAsync(key, model, request) : Task.FromResult<RateLimits?>(null);
        return isTaken;
    }

    public IAsyncEnumerable<TurnEvent>? Read(string key, int nextRecord, CancellationToken cancellationToken) => Find(key)?.Turn.Events.ReadAsync(nextRecord, cancellationToken);

    public bool TryStop(string key, out Task stopped)
    {
        var isHere = _runs.TryGetValue(key, out var place);
        stopped = isHere ? StopAsync(place!) : Task.CompletedTask;
        return isHere;
    }

    /// <inheritdoc cref="ICompletionGrain.StartAsync"/>
    public async Task<RateLimits?> StartAsync(string key, string model, GenerateRequest request, bool isRepeated)
    {
        var run = await GetOrAddAsync(key, () => BeginAsync(key, model, request, isRepeated));
        run.Turn.Events.Readers.Enter(); // who waits for the first word has not left, however long the prompt is
        try
        {
            await run.Turn.Accepted;
            return run.Rates;
        }
        finally
        {
            run.Turn.Events.Readers.Leave();
        }
    }

    /// <summary>The one that runs here; one that the log has unfinished goes on here.</summary>
    /// <returns>No run where it has ended, and what the log has.</returns>
    /// <exception cref="GranaryException"><c>completion_not_found</c>, or the log is away.</exception>
    public async Task<(CompletionRun? Run, LoggedTurn? Ended)> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(key, out var place))
        {
            return (await place.Begun.Task, null);
        }

        var logged = await services.Log.ReadAsync(CompletionRun.PlaceOf(key), cancellationToken);
        if (logged?.Request is not { } header)
        {
            throw new GranaryException(ErrorCode.CompletionNotFound, "There is no such completion, or it ended too long ago.");
        }

        return logged.IsClosed ? (null, logged) : (await GetOrAddAsync(key, () => Task.FromResult(Begin(key, CompletionHeader.FromBytes(header), header))), null);
    }

    /// <summary>The one that runs here, or has just ended here.</summary>
    public CompletionRun? Find(string key) => _runs.TryGetValue(key, out var place) ? place.Run : null;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_runs.Values.Select(static place => place.Run).OfType<CompletionRun>().Select(static run => run.Turn.DetachAsync())).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, services.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                LookForReaders();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Nobody asks again for what was refused here: no answer gets lost within a process.</summary>
    private async Task<RateLimits?> StartHereAsync(string key, string model, GenerateRequest request)
    {
        try
        {
            return await StartAsync(key, model, request, isRepeated: false);
        }
        catch (Exception) when (_runs.TryGetValue(key, out var place) && place.Run is { Turn.HasFailed: true })
        {
            Forget(key, place);
            throw;
        }
    }

    private static async Task StopAsync(Place place)
    {
        var turn = (await place.Begun.Task).Turn;
        turn.Stop();
        await turn.Completion;
    }

    /// <summary>The run, which the first to ask begins; where that fails, the next to ask tries again.</summary>
    private async Task<CompletionRun> GetOrAddAsync(string key, Func<Task<CompletionRun>> begin)
    {
        var place = new Place();
        if (_runs.GetOrAdd(key, place) is var known && known != place)
        {
            return await known.Begun.Task;
        }

        CompletionRun run;
        try
        {
            run = await begin();
        }
        catch (Exception exception)
        {
            Forget(key, place);
            place.Begun.SetException(exception);
            _ = place.Begun.Task.Exception; // nobody need wait for it
            throw;
        }

        place.Run = run;
        place.Begun.SetResult(run);
        run.WhenLeft(() => Forget(key, place));
        _ = ForgetWhenReadAsync(key, run, place);
        run.Turn.Start();
        return run;
    }

    private async Task<CompletionRun> BeginAsync(string key, string model, GenerateRequest request, bool isRepeated)
    {
        var place = CompletionRun.PlaceOf(key);
        if (isRepeated && await services.Log.ReadAsync(place, CancellationToken.None) is { Request: { } known })
        {
            return Begin(key, CompletionHeader.FromBytes(known), known);
        }

        if (request.Sampling.Seed is null)
        {
            request = request with { Sampling = request.Sampling with { Seed = Random.Shared.NextInt64(int.MaxValue) } };
        }

        request = request with { Tenant = OwnedKey.TenantOf(key) };
        (request, var rates) = await services.Quotas.AdmitAsync(request.Tenant, $"{place.Owner}#0", model, request, CancellationToken.None);
        var header = new CompletionHeader(model, request);
        return Begin(key, header, header.ToBytes(), rates);
    }

    private CompletionRun Begin(string key, CompletionHeader completion, byte[] header, RateLimits? rates = null) =>
        new(key, completion, header, options.Value.Keep, services) { Rates = rates };

    /// <summary>A busy silo answers a million of them an hour: what has ended and was read is in the log, and of no use here.</summary>
    private async Task ForgetWhenReadAsync(string key, CompletionRun run, Place place)
    {
        await run.Turn.Completion;
        await run.Turn.Events.Readers.Read;
        Forget(key, place);
    }

    private void LookForReaders()
    {
        foreach (var (key, place) in _runs)
        {
            if (place.Run is not { Turn: var turn } run || turn.Events.Readers.Absence is not { } absence || absence < options.Value.AbandonAfter)
            {
                continue;
            }

            if (turn.Completion.IsCompleted)
            {
                Forget(key, place);
            }
            else if (!run.RunsUnread)
            {
                turn.Stop();
            }
        }
    }

    private void Forget(string key, Place place) => _runs.TryRemove(KeyValuePair.Create(key, place));

    /// <summary>Where a run is, or will be when its tenant is asked.</summary>
    private sealed class Place
    {
        private volatile CompletionRun? _run;

        public TaskCompletionSource<CompletionRun> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CompletionRun? Run
        {
            get => _run;
            set => _run = value;
        }
    }
}
