using System.Text.Json;
using Granary.Audit;
using Granary.Gateway.Identity;

namespace Granary.Gateway.Admin.Audit;

/// <summary>Who changed what: a tenant's administrators see their tenant's, operators everybody's.</summary>
internal static class AuditEndpoints
{
    private const int DefaultTake = 100;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/audit", async (HttpContext context, AuditTrail trail, string? tenant, int? take) =>
            Shown(await trail.ListAsync(AdminRequest.TenantOf(Caller.Of(context.User), tenant), take ?? DefaultTake, context.RequestAborted))).RequireAuthorization(Policies.TenantAdmin);
        admin.MapGet("/audit/cluster", async (HttpContext context, AuditTrail trail, int? take) =>
            Shown(await trail.ListAsync(IAuditGrain.ClusterKey, take ?? DefaultTake, context.RequestAborted))).RequireAuthorization(Policies.Operator);
    }

    private static IResult Shown(AuditEntry[] entries) => Results.Json(
        entries.Select(entry => new { entry.At, entry.Who, entry.What, entry.Target, Before = Parse(entry.Before), After = Parse(entry.After) }), AdminJson.Options);

    private static JsonElement? Parse(string? json)
    {
        if (json is null)
            return null;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
