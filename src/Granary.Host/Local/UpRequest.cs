namespace Granary.Host.Local;

/// <summary>What <c>up</c> is asked for.</summary>
/// <param name="Zones">Silos, one a zone, with PostgreSQL and Redis; 0 for one silo with SQLite.</param>
/// <param name="Serve">Imported models to serve.</param>
/// <param name="Port">First gateway port.</param>
internal sealed record UpRequest(int Zones, IReadOnlyList<string> Serve, int Port);
