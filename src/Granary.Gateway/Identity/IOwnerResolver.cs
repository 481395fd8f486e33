using System.Security.Claims;

namespace Granary.Gateway.Identity;

/// <summary>Says whose conversations a caller sees.</summary>
public interface IOwnerResolver
{
    /// <summary>The owner's id, stable over connections.</summary>
    string Resolve(ClaimsPrincipal? caller);
}
