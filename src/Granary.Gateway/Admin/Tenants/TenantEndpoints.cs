using System.Text.Json;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Tenants;

namespace Granary.Gateway.Admin.Tenants;

/// <summary>Tenants, their limits and who is told when these are used up.</summary>
internal static class TenantEndpoints
{
    private const int DefaultTake = 100;

    public static void Map(IEndpointRouteBuilder admin)
    {
        var own = admin.MapGroup("/tenants").RequireAuthorization(Policies.TenantAdmin);
        own.MapGet("", async (HttpContext context, TenantAdmin admin, int? skip, int? take) =>
            Shown(await admin.ListAsync(Caller.Of(context.User), skip ?? 0, take ?? DefaultTake, context.RequestAborted)));
        own.MapGet("/{tenant}", async (HttpContext context, string tenant, TenantAdmin admin) =>
            Shown(await admin.GetAsync(Caller.Of(context.User), tenant, context.RequestAborted)));
        own.MapPut("/{tenant}/webhook", async (HttpContext context, string tenant, TenantAdmin admin, BodyReader bodies) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return Shown(await admin.SetWebhookAsync(Caller.Of(context.User), tenant, (await AdminRequest.ReadAsync<SetWebhook>(context, bodies)).Url));
        });
        own.MapDelete("/{tenant}/webhook", async (HttpContext context, string tenant, TenantAdmin admin) =>
            Shown(await admin.ClearWebhookAsync(Caller.Of(context.User), tenant)));
        var all = admin.MapGroup("/tenants").RequireAuthorization(Policies.Operator);
        all.MapPut("/{tenant}/limits", async (HttpContext context, string tenant, TenantAdmin admin, BodyReader bodies) =>
            Shown(await admin.SetLimitsAsync(Caller.Of(context.User), tenant, await AdminRequest.ReadAsync<TenantLimits>(context, bodies))));
        all.MapDelete("/{tenant}/limits", async (HttpContext context, string tenant, TenantAdmin admin) =>
            Shown(await admin.SetLimitsAsync(Caller.Of(context.User), tenant, null)));
    }

    private static IResult Shown<T>(T status) => Results.Json(status, JsonSerializerOptions.Web);
}
