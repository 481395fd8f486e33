using System.Collections.Concurrent;

namespace Granary.Conformance.Support;

/// <summary>Named, counted events between a test and the grains in its process: nobody sleeps to let something happen.</summary>
internal static class Signals
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Events = new(StringComparer.Ordinal);

    /// <summary>Raises the event once; it waits for a taker.</summary>
    public static void Raise(string name) => Of(name).Release();

    /// <summary>Takes one raise of the event, and fails if there is none in time.</summary>
    public static async Task WaitAsync(string name, CancellationToken cancellationToken = default)
    {
        if (!await Of(name).WaitAsync(Patience, cancellationToken))
        {
            throw new TimeoutException($"'{name}' did not happen within {Patience.TotalSeconds} s.");
        }
    }

    /// <summary>Raises that nobody took.</summary>
    public static int Count(string name) => Of(name).CurrentCount;

    private static SemaphoreSlim Of(string name) => Events.GetOrAdd(name, _ => new SemaphoreSlim(0));
}
