using Granary.Gateway.Identity;
using Granary.Profiles;

namespace Granary.Gateway.Admin.Profiles;

/// <summary>What the silos have and how busy they are.</summary>
internal static class ProfileEndpoint
{
    public static void Map(IEndpointRouteBuilder admin) =>
        admin.MapGet("/profiles", async (IClusterProfiles profiles, CancellationToken cancellationToken) =>
            Results.Json(await profiles.ListAsync(cancellationToken), AdminJson.Options)).RequireAuthorization(Policies.Operator);
}
