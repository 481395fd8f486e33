namespace Granary.Conformance.Persistence;

public sealed class PostgresStorageTests(PostgresStorageTests.Silo cluster) : StorageTests<IPostgresLedgerGrain>(cluster), IClassFixture<PostgresStorageTests.Silo>
{
    public sealed class Silo(PostgresServer postgres) : StorageCluster
    {
        protected override async Task<Action<ISiloBuilder>> ProviderAsync()
        {
            var connectionString = await postgres.GetConnectionStringAsync();
            return silo => silo.AddAdoNetGrainStorage("postgres", options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = connectionString;
            });
        }
    }
}
