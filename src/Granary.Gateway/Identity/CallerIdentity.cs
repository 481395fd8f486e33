using System.Security.Claims;

namespace Granary.Gateway.Identity;

/// <summary>A <see cref="Caller"/>, as ASP.NET carries it.</summary>
internal sealed class CallerIdentity(Caller caller) : ClaimsIdentity([new Claim(DefaultNameClaimType, caller.Name)], nameof(Granary))
{
    public Caller Caller { get; } = caller;

    /// <summary>The only identity of a principal.</summary>
    public static ClaimsPrincipal Principal(Caller caller) => new(new CallerIdentity(caller));
}
