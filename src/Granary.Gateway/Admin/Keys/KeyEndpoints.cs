using Granary.Gateway.Identity;
using Granary.Gateway.Limits;

namespace Granary.Gateway.Admin.Keys;

/// <summary>Keys over HTTP, for administrators of their tenant and for operators.</summary>
internal static class KeyEndpoints
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        var keys = admin.MapGroup("/keys").RequireAuthorization(Policies.TenantAdmin);
        keys.MapGet("", async (HttpContext context, KeyAdmin admin, string? tenant) =>
            Results.Json(await admin.ListAsync(Caller.Of(context.User), tenant, context.RequestAborted), AdminJson.Options));
        keys.MapPost("", async (HttpContext context, KeyAdmin admin, BodyReader bodies) =>
            Shown(context, await admin.CreateAsync(Caller.Of(context.User), await AdminRequest.ReadAsync<CreateKey>(context, bodies))));
        keys.MapPost("/{id}/rotate", async (HttpContext context, string id, KeyAdmin admin, BodyReader bodies) =>
            Shown(context, await admin.RotateAsync(Caller.Of(context.User), id, await AdminRequest.ReadAsync<RotateKey>(context, bodies))));
        keys.MapDelete("/{id}", async (HttpContext context, string id, KeyAdmin admin) =>
            Results.Json(await admin.RevokeAsync(Caller.Of(context.User), id), AdminJson.Options));
    }

    private static IResult Shown(HttpContext context, KeyObject key)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(key, AdminJson.Options, statusCode: StatusCodes.Status201Created);
    }
}
