using Microsoft.Extensions.Hosting;

namespace Granary.Clustering;

/// <summary>Creates missing tables before the silo reads them.</summary>
internal sealed class PostgresSchemaService(string connectionString) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => PostgresSchema.EnsureAsync(connectionString, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
