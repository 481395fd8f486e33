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
        admin.MapGet("/audit", (HttpContext context, AuditTrail trail, string? tenant = null, long? before = null, int take = DefaultTake) =>
        {
            var whose = AdminRequest.TenantOf(Caller.Of(context.User), tenant);
            return ListAsync(context, trail, whose, QueryString.Create("tenant", whose), before, take);
        }).RequireAuthorization(Policies.TenantAdmin);
        admin.MapGet("/audit/cluster", (HttpContext context, AuditTrail trail, long? before = null, int take = DefaultTake) =>
            ListAsync(context, trail, IAuditGrain.ClusterKey, QueryString.Empty, before, take)).RequireAuthorization(Policies.Operator);
    }

    private static async Task<IResult> ListAsync(HttpContext context, AuditTrail trail, string of, QueryString query, long? before, int take)
    {
        var list = await trail.ListAsync(of, before, take, context.RequestAborted);
        if (list.Next is { } next)
            context.Response.Headers.Link = $"<{query.Add("before", $"{next}").Add("take", $"{take}")}>; rel=\"next\"";
        return Results.Json(
            list.Entries.Select(entry => new { entry.At, entry.Who, entry.What, entry.Target, Before = Parse(entry.Before), After = Parse(entry.After) }), AdminJson.Options);
    }

    private static JsonElement? Parse(string? json)
    {
        if (json is null)
            return null;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
