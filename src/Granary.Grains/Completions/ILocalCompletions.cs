using Granary.Clustering;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;

namespace Granary.Completions;

/// <summary>
/// Completions of this silo, begun, read and stopped where they run: the grain of one is woken only where another silo asks for it, or this silo is gone. From any thread.
/// </summary>
/// <remarks>Keys are those of <see cref="ICompletionGrain"/>. What is not here is to be asked of that grain.</remarks>
public interface ILocalCompletions
{
    /// <summary>What the key of a completion that is begun here must end with, by <see cref="SiloMark"/>: the silo to which calls of its grain go.</summary>
    string Mark { get; }

    /// <summary>Begins one that nobody has asked for before, as <see cref="ICompletionGrain.StartAsync"/> does.</summary>
    /// <returns>Whether this silo takes work.</returns>
    bool TryStart(string key, string model, GenerateRequest request, out Task<RateLimits?> accepted);

    /// <summary>Reads one from a record on, as <see cref="ICompletionGrain.ReadAsync"/> does; <see langword="null"/> where it is not here, or not any more.</summary>
    IAsyncEnumerable<TurnEvent>? Read(string key, int nextRecord, CancellationToken cancellationToken);

    /// <summary>Stops one, as <see cref="ICompletionGrain.StopAsync"/> does.</summary>
    /// <returns>Whether it is here, still.</returns>
    bool TryStop(string key, out Task stopped);
}
