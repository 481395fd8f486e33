using System.Collections.Concurrent;
using Granary.Clustering;

namespace Granary.Serving;

/// <summary>What this silo has sent to replicas, and how fast they answered: reports are seconds old, and a burst would all go to the same one. From any thread.</summary>
/// <remarks>
/// The load of others is what a replica reported less what this silo had there when it learnt of it. The time to the first token is an exponential mean in which the last eight count most; it halves every
/// <see cref="HalfLife"/> in which nothing was sent there, so that a replica that was slow once is tried again.
/// </remarks>
internal sealed class ReplicaLoads(LocalSilo silo, TimeProvider timeProvider)
{
    /// <summary>How fast a response time is forgotten.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(10);

    private const int Samples = 8;
    private const int MaxReplicas = 1024; // those of silos that are gone are among them

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>A replica as this silo sees it.</summary>
    public RoutingCandidate Describe(ReplicaDescriptor replica)
    {
        var entry = Find(replica.ShardKey);
        lock (entry)
        {
            var reported = replica.Running + replica.Waiting;
            if (!ReferenceEquals(entry.Reported, replica))
            {
                (entry.Reported, entry.OfOthers) = (replica, Math.Max(0, reported - entry.InFlight));
            }

            var all = entry.OfOthers + entry.InFlight;
            var running = all == reported ? replica.Running : Math.Min(all, replica.Slots > 0 ? replica.Slots : int.MaxValue);
            return new RoutingCandidate(replica)
            {
                Running = running,
                Waiting = all - running,
                ResponseTime = entry.ResponseTime is { } took ? took * Math.Pow(0.5, timeProvider.GetElapsedTime(entry.SentAt) / HalfLife) : null,
                Distance = replica.Silo == silo.Name ? 0 : replica.Zone == silo.Zone ? 1 : 2,
            };
        }
    }

    /// <summary>A request is sent to a replica.</summary>
    public void Sent(string shardKey)
    {
        var entry = Find(shardKey);
        lock (entry)
        {
            entry.InFlight++;
            entry.SentAt = timeProvider.GetTimestamp();
        }
    }

    /// <summary>A request's first token came.</summary>
    public void Answered(string shardKey, TimeSpan after)
    {
        var entry = Find(shardKey);
        lock (entry)
        {
            entry.ResponseTime = entry.ResponseTime is { } mean ? mean + ((after - mean) / Samples) : after;
        }
    }

    /// <summary>A request has left a replica, however.</summary>
    public void Left(string shardKey)
    {
        var entry = Find(shardKey);
        lock (entry)
        {
            entry.InFlight = Math.Max(0, entry.InFlight - 1);
        }
    }

    private Entry Find(string shardKey)
    {
        if (_entries.Count > MaxReplicas)
        {
            foreach (var (key, entry) in _entries)
            {
                if (entry.InFlight == 0)
                {
                    _entries.TryRemove(key, out _);
                }
            }
        }

        return _entries.GetOrAdd(shardKey, static _ => new Entry());
    }

    private sealed class Entry
    {
        public int InFlight { get; set; }

        public int OfOthers { get; set; } // sequences

        public ReplicaDescriptor? Reported { get; set; }

        public TimeSpan? ResponseTime { get; set; }

        public long SentAt { get; set; }
    }
}
