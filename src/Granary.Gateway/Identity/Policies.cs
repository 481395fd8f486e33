using Granary.Identity;
using Microsoft.AspNetCore.Authorization;

namespace Granary.Gateway.Identity;

/// <summary>What endpoints ask of their callers. One that asks nothing is an operator's: who forgets the policy shuts the door.</summary>
internal static class Policies
{
    /// <summary>Models, completions, conversations.</summary>
    public const string Chat = "chat";

    /// <summary>The cluster's state.</summary>
    public const string Metrics = "metrics";

    /// <summary>A tenant's own administration.</summary>
    public const string TenantAdmin = "tenant-admin";

    /// <summary>Everybody's administration, silos and zones.</summary>
    public const string Operator = "operator";

    public static void Add(AuthorizationOptions options)
    {
        options.AddPolicy(Chat, policy => Require(policy, KeyScopes.Chat, CallerRole.User));
        options.AddPolicy(Metrics, policy => Require(policy, KeyScopes.Metrics, CallerRole.User));
        options.AddPolicy(TenantAdmin, policy => Require(policy, KeyScopes.Admin, CallerRole.TenantAdmin));
        options.AddPolicy(Operator, policy => Require(policy, KeyScopes.Admin, CallerRole.Operator));
        options.DefaultPolicy = options.GetPolicy(Operator)!;
        // Also asked where there is no endpoint: strangers do not learn what there is, and everybody else gets the 404.
        options.FallbackPolicy = new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            .RequireAssertion(context => context.Resource is HttpContext http && (http.GetEndpoint() is null || Caller.Find(context.User)?.May(KeyScopes.Admin, CallerRole.Operator) == true))
            .Build();
    }

    private static void Require(AuthorizationPolicyBuilder policy, KeyScopes scope, CallerRole role) => policy
        .RequireAuthenticatedUser()
        .RequireAssertion(context => Caller.Find(context.User)?.May(scope, role) == true);
}
