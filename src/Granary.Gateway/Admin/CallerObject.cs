using Granary.Gateway.Identity;
using Granary.Identity;

namespace Granary.Gateway.Admin;

/// <summary>Who asks, for pages that show what he may do.</summary>
internal sealed record CallerObject(string Name, string Tenant, CallerRole Role, IReadOnlyList<string> Scopes)
{
    public static CallerObject From(Caller caller) => new(caller.Name, caller.Tenant, caller.Role, ScopeNames.Of(caller.Scopes));
}
