using System.Collections.Concurrent;
using Granary.Clustering;
using Granary.Errors;
using Granary.Identity;
using Granary.Serving;
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

    private readonly ConcurrentDictionary<GrainId, Task<CompletionRun>> _runs = new();

    public string Mark => field ??= SiloMark.Of(silo.Address);

    public Task<RateLimits?>? Start(ICompletionGrain completion, string model, GenerateRequest request) =>
        services.Drain.IsDraining ? null : StartAsync(completion.GetGrainId(), model, request, isRepeated: false);

    public Task? Stop(ICompletionGrain completion) => _runs.TryGetValue(completion.GetGrainId(), out var known) ? StopAsync(known) : null;

    /// <inheritdoc cref="ICompletionGrain.StartAsync"/>
    public async Task<RateLimits?> StartAsync(GrainId id, string model, GenerateRequest request, bool isRepeated)
    {
        var run = await GetOrAddAsync(id, () => BeginAsync(id, model, request, isRepeated));
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
    public async Task<(CompletionRun? Run, LoggedTurn? Ended)> FindAsync(GrainId id, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(id, out var known))
        {
            return (await known, null);
        }

        var logged = await services.Log.ReadAsync(CompletionRun.KeyOf(id), cancellationToken);
        if (logged?.Request is not { } header)
        {
            throw new GranaryException(ErrorCode.CompletionNotFound, "There is no such completion, or it ended too long ago.");
        }

        return logged.IsClosed ? (null, logged) : (await GetOrAddAsync(id, () => Task.FromResult(Begin(id, CompletionHeader.FromBytes(header), header))), null);
    }

    /// <summary>The one that runs here, or has just ended here.</summary>
    public CompletionRun? Find(GrainId id) => _runs.TryGetValue(id, out var known) && known.IsCompletedSuccessfully ? known.GetAwaiter().GetResult() : null;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(Begun().Select(static run => run.Turn.DetachAsync())).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private static async Task StopAsync(Task<CompletionRun> known)
    {
        var turn = (await known).Turn;
        turn.Stop();
        await turn.Completion;
    }

    /// <summary>The run, which the first to ask begins; where that fails, the next to ask tries again.</summary>
    private async Task<CompletionRun> GetOrAddAsync(GrainId id, Func<Task<CompletionRun>> begin)
    {
        var begun = new TaskCompletionSource<CompletionRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_runs.GetOrAdd(id, begun.Task) is var known && known != begun.Task)
        {
            return await known;
        }

        CompletionRun run;
        try
        {
            run = await begin();
        }
        catch (Exception exception)
        {
            Forget(id, begun.Task);
            begun.SetException(exception);
            _ = begun.Task.Exception; // nobody need wait for it
            throw;
        }

        begun.SetResult(run);
        run.WhenLeft(() => Forget(id, begun.Task));
        services.Reader.Add(run.Turn);
        _ = ForgetWhenReadAsync(id, run, begun.Task);
        run.Turn.Start();
        return run;
    }

    private async Task<CompletionRun> BeginAsync(GrainId id, string model, GenerateRequest request, bool isRepeated)
    {
        if (isRepeated && await services.Log.ReadAsync(CompletionRun.KeyOf(id), CancellationToken.None) is { Request: { } known })
        {
            return Begin(id, CompletionHeader.FromBytes(known), known);
        }

        var sampling = request.Sampling with { Seed = request.Sampling.Seed ?? Random.Shared.NextInt64(int.MaxValue) };
        request = request with { Sampling = sampling, Tenant = OwnedKey.TenantOf(id.Key.ToString()!) };
        (request, var rates) = await services.Quotas.AdmitAsync(request.Tenant, $"{id}#0", model, request, CancellationToken.None);
        var header = new CompletionHeader(model, request);
        return Begin(id, header, header.ToBytes(), rates);
    }

    private CompletionRun Begin(GrainId id, CompletionHeader completion, byte[] header, RateLimits? rates = null) =>
        new(id, completion, header, options.Value.Keep, services) { Rates = rates };

    /// <summary>A busy silo answers a million of them an hour: what has ended and was read is in the log, and of no use here.</summary>
    private async Task ForgetWhenReadAsync(GrainId id, CompletionRun run, Task<CompletionRun> begun)
    {
        await run.Turn.Completion;
        await run.Turn.Events.Readers.Read;
        services.Reader.Remove(run.Turn);
        Forget(id, begun);
    }

    private void LookForReaders()
    {
        foreach (var (id, known) in _runs)
        {
            if (!known.IsCompletedSuccessfully || Find(id) is not { Turn: var turn } run || turn.Events.Readers.Absence is not { } absence || absence < options.Value.AbandonAfter)
            {
                continue;
            }

            if (turn.Completion.IsCompleted)
            {
                services.Reader.Remove(turn);
                Forget(id, known);
            }
            else if (!run.RunsUnread)
            {
                turn.Stop();
            }
        }
    }

    private void Forget(GrainId id, Task<CompletionRun> begun) => _runs.TryRemove(KeyValuePair.Create(id, begun));

    private CompletionRun[] Begun() => [.. _runs.Keys.Select(Find).OfType<CompletionRun>()];
}
