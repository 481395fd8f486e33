namespace Granary.Conformance.Persistence;

public sealed class MemoryStorageTests(MemoryStorageTests.Silo cluster) : StorageTests<IMemoryLedgerGrain>(cluster), IClassFixture<MemoryStorageTests.Silo>
{
    public sealed class Silo : StorageCluster
    {
        protected override Task<Action<ISiloBuilder>> ProviderAsync() =>
            Task.FromResult<Action<ISiloBuilder>>(silo => silo.AddMemoryGrainStorage("memory"));
    }
}
