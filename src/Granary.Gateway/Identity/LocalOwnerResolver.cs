using System.Security.Claims;

namespace Granary.Gateway.Identity;

/// <summary>One owner for everybody: a gateway without authentication, on one's own machine.</summary>
internal sealed class LocalOwnerResolver : IOwnerResolver
{
    public string Resolve(ClaimsPrincipal? caller) => "local";
}
