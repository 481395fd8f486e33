using Granary.Identity;

namespace Granary.Gateway.Identity;

/// <summary>What callers of a role may where nobody says otherwise.</summary>
internal static class RoleScopes
{
    /// <summary>The scopes. Metrics are of the whole cluster, other tenants included: an operator has them, and gives them to whom he wants to.</summary>
    public static KeyScopes Of(CallerRole role) => role switch
    {
        CallerRole.Operator => KeyScopes.All,
        CallerRole.TenantAdmin => KeyScopes.Chat | KeyScopes.Admin,
        _ => KeyScopes.Chat,
    };
}
