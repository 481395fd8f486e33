using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Serving;
using Granary.Tenants;

namespace Granary.Gateway.Admin.Models;

/// <summary>The models that are served, and whether a tenant may use them.</summary>
internal static class ModelEndpoint
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/models", ListAsync).RequireAuthorization(Policies.TenantAdmin);

    private static async Task<IResult> ListAsync(HttpContext context, IGrainFactory grains, TurnFollower follower, string? tenant = null)
    {
        var whose = AdminRequest.TenantOf(Caller.Of(context.User), tenant);
        var models = await follower.CallAsync(grains.GetGrain<IModelRegistryGrain>(IModelRegistryGrain.Key).ListAsync, context.RequestAborted);
        var limits = (await follower.CallAsync(grains.GetGrain<ITenantGrain>(whose).GetStatusAsync, context.RequestAborted)).Limits;
        return Results.Json(models.Select(model => new { model.Name, model.Since, model.MaxPositions, model.Replicas, IsAllowed = limits.Allows(model.Name) }), AdminJson.Options);
    }
}
