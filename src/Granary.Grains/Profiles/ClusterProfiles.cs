using Granary.Clustering;
using Granary.Serving;

namespace Granary.Profiles;

/// <inheritdoc/>
internal sealed class ClusterProfiles(IGrainFactory grains, ISiloMembers members, TimeProvider timeProvider) : IClusterProfiles
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<SiloProfile>> ListAsync(CancellationToken cancellationToken = default)
    {
        var profiles = await Task.WhenAll(members.Active.Select(member => AskAsync(member, cancellationToken)));
        return [.. profiles.OfType<SiloProfile>().OrderBy(profile => profile.Zone, StringComparer.Ordinal).ThenBy(profile => profile.Silo, StringComparer.Ordinal)];
    }

    private async Task<SiloProfile?> AskAsync(SiloMember member, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<ISiloProfileGrain>(SiloProfileGrain.KeyOf(member.Address)).GetAsync().WaitAsync(Patience, timeProvider, cancellationToken);
        }
        catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
        {
            return null;
        }
    }
}
