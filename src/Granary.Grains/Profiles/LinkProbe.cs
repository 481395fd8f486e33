using Granary.Clustering;

namespace Granary.Profiles;

/// <summary>
/// Finds out how this silo reaches others, by a few grain calls to one of them at a time: those that were never tried first, then those whose figures are older than <see cref="MaxAge"/>.
/// Used by <see cref="ProfileService"/> alone.
/// </summary>
internal sealed class LinkProbe(IGrainFactory grains, ISiloMembers members, LocalSilo silo, TimeProvider timeProvider)
{
    /// <summary>How old figures get.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private const int Calls = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly byte[] Payload = new byte[256 << 10];

    private readonly Dictionary<SiloAddress, Tried> _links = [];

    /// <summary>What is known of silos that are in the cluster, by name.</summary>
    public SiloLink[] Links => [.. _links.Values.Select(tried => tried.Link).OfType<SiloLink>().OrderBy(link => link.Silo, StringComparer.Ordinal)];

    /// <summary>Tries the silo whose turn it is, if there is one.</summary>
    public async Task TryNextAsync(CancellationToken cancellationToken)
    {
        var others = members.Active.Where(member => !member.Address.Equals(silo.Address)).ToList();
        foreach (var gone in _links.Keys.Except(others.Select(member => member.Address)).ToList())
        {
            _links.Remove(gone);
        }

        var next = others.Where(IsDue).MinBy(member => _links.TryGetValue(member.Address, out var tried) ? tried.At : long.MinValue);
        if (next is not null)
        {
            _links[next.Address] = new Tried(await TryAsync(next, cancellationToken), timeProvider.GetTimestamp());
        }
    }

    private bool IsDue(SiloMember member) =>
        !_links.TryGetValue(member.Address, out var tried) || timeProvider.GetElapsedTime(tried.At) >= MaxAge;

    private async Task<SiloLink?> TryAsync(SiloMember member, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<ISiloProfileGrain>(SiloProfileGrain.KeyOf(member.Address));
        try
        {
            await TimeAsync(grain, [], cancellationToken); // the first one may open a connection
            var roundTrip = await BestAsync(grain, [], cancellationToken);
            var loaded = await BestAsync(grain, Payload, cancellationToken);

            // What the bytes alone took; on a machine that has much else to do it can seem to be nothing.
            var carried = loaded - roundTrip > loaded / 10 ? loaded - roundTrip : loaded / 10;
            return new SiloLink(member.Name, member.Address.ToParsableString(), roundTrip.TotalMilliseconds, Payload.Length / carried.TotalSeconds, timeProvider.GetUtcNow());
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null; // it is leaving, or cut off; if it stays, its turn comes again
        }
    }

    private async Task<TimeSpan> BestAsync(ISiloProfileGrain grain, byte[] payload, CancellationToken cancellationToken)
    {
        var best = TimeSpan.MaxValue;
        for (var call = 0; call < Calls; call++)
        {
            var took = await TimeAsync(grain, payload, cancellationToken);
            best = took < best ? took : best;
        }

        return best;
    }

    private async Task<TimeSpan> TimeAsync(ISiloProfileGrain grain, byte[] payload, CancellationToken cancellationToken)
    {
        var begin = timeProvider.GetTimestamp();
        await grain.ReceiveAsync(payload).WaitAsync(Patience, timeProvider, cancellationToken);
        return timeProvider.GetElapsedTime(begin);
    }

    private sealed record Tried(SiloLink? Link, long At);
}
