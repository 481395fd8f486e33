using Orleans.Runtime.Placement;

namespace Granary.Conformance.Migration;

public interface IMigrantGrain : IGrainWithStringKey
{
    Task<(SiloAddress Silo, int Count, bool Rehydrated)> LookAsync();

    Task AddAsync(int number);

    /// <summary>Goes to the silo when it is idle.</summary>
    Task MoveAsync(SiloAddress silo);
}

internal sealed class MigrantGrain(ILocalSiloDetails silo) : Grain, IMigrantGrain, IGrainMigrationParticipant
{
    private int _count;
    private bool _rehydrated;

    public Task<(SiloAddress Silo, int Count, bool Rehydrated)> LookAsync() => Task.FromResult((silo.SiloAddress, _count, _rehydrated));

    public Task AddAsync(int number)
    {
        _count += number;
        return Task.CompletedTask;
    }

    public Task MoveAsync(SiloAddress silo)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        MigrateOnIdle();
        return Task.CompletedTask;
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext) => dehydrationContext.TryAddValue("count", _count);

    public void OnRehydrate(IRehydrationContext rehydrationContext) => _rehydrated = rehydrationContext.TryGetValue("count", out _count);
}
