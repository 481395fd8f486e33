using Orleans.Core;
using Orleans.Storage;

namespace Granary.Conformance.Persistence;

[GenerateSerializer]
public sealed class Ledger
{
    [Id(0)] public int Balance { get; set; }

    [Id(1)] public List<string> Entries { get; set; } = [];

    [Id(2)] public Dictionary<string, double> Rates { get; set; } = [];

    [Id(3)] public byte[] Blob { get; set; } = [];

    [Id(4)] public LedgerOwner? Owner { get; set; }

    [Id(5)] public DateTimeOffset At { get; set; }
}

[GenerateSerializer]
public sealed record LedgerOwner([property: Id(0)] string Name, [property: Id(1)] Guid Id);

[GenerateSerializer]
public sealed record LedgerView([property: Id(0)] Ledger State, [property: Id(1)] string? Etag, [property: Id(2)] bool Exists, [property: Id(3)] Guid Activation);

/// <summary>Two grains with the same provider and different state names do not meet.</summary>
public interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>What storage gave before OnActivateAsync.</summary>
    Task<LedgerView> GetAtActivationAsync();

    Task<LedgerView> GetAsync();

    Task<LedgerView> WriteAsync(Ledger state);

    Task<LedgerView> ReadAsync();

    Task<LedgerView> ClearAsync();

    Task DeactivateAsync();

    /// <summary>Changes the record behind the activation's back, as a second activation would.</summary>
    Task WriteBehindAsync(int balance);
}

public interface IMemoryLedgerGrain : ILedgerGrain;

public interface IRedisLedgerGrain : ILedgerGrain;

public interface IPostgresLedgerGrain : ILedgerGrain;

internal abstract class LedgerGrain(IPersistentState<Ledger> state, IGrainStorage storage) : Grain, ILedgerGrain
{
    public const string StateName = "ledger";

    private readonly Guid _activation = Guid.NewGuid();
    private LedgerView? _atActivation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _atActivation = View();
        return Task.CompletedTask;
    }

    public Task<LedgerView> GetAtActivationAsync() => Task.FromResult(_atActivation!);

    public Task<LedgerView> GetAsync() => Task.FromResult(View());

    public async Task<LedgerView> WriteAsync(Ledger value)
    {
        state.State = value;
        await state.WriteStateAsync();
        return View();
    }

    public async Task<LedgerView> ReadAsync()
    {
        await state.ReadStateAsync();
        return View();
    }

    public async Task<LedgerView> ClearAsync()
    {
        await state.ClearStateAsync();
        return View();
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task WriteBehindAsync(int balance)
    {
        var other = new GrainState<Ledger>();
        await storage.ReadStateAsync(StateName, this.GetGrainId(), other);
        other.State = new Ledger { Balance = balance };
        await storage.WriteStateAsync(StateName, this.GetGrainId(), other);
    }

    private LedgerView View() => new(state.State, state.Etag, state.RecordExists, _activation);
}

internal sealed class MemoryLedgerGrain(
    [PersistentState(LedgerGrain.StateName, "memory")] IPersistentState<Ledger> state,
    [FromKeyedServices("memory")] IGrainStorage storage) : LedgerGrain(state, storage), IMemoryLedgerGrain;

internal sealed class RedisLedgerGrain(
    [PersistentState(LedgerGrain.StateName, "redis")] IPersistentState<Ledger> state,
    [FromKeyedServices("redis")] IGrainStorage storage) : LedgerGrain(state, storage), IRedisLedgerGrain;

internal sealed class PostgresLedgerGrain(
    [PersistentState(LedgerGrain.StateName, "postgres")] IPersistentState<Ledger> state,
    [FromKeyedServices("postgres")] IGrainStorage storage) : LedgerGrain(state, storage), IPostgresLedgerGrain;
