using Granary.Errors;
using Granary.Gateway.Admin.Audit;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Identity;
using Granary.Sessions;

namespace Granary.Gateway.Admin.Sessions;

/// <summary>A tenant's conversations: which there are, not what was said in them. Those of a provider's users are theirs alone, and are not here.</summary>
internal static class SessionEndpoints
{
    private const int DefaultTake = 100;
    private const int MaxTake = 500;

    public static void Map(IEndpointRouteBuilder admin)
    {
        var sessions = admin.MapGroup("/sessions").RequireAuthorization(Policies.TenantAdmin);
        sessions.MapGet("", ListAsync);
        sessions.MapDelete("/{id}", DeleteAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IGrainFactory grains, TurnFollower follower, string? tenant = null, int skip = 0, int take = DefaultTake)
    {
        var whose = AdminRequest.TenantOf(Caller.Of(context.User), tenant);
        if (skip < 0 || take is < 1 or > MaxTake)
            throw new GranaryException(ErrorCode.InvalidRequest, $"'skip' must be 0 or more, 'take' 1 to {MaxTake}.", "take");
        var page = await follower.CallAsync(() => grains.GetGrain<ISessionIndexGrain>(whose).ListAsync(skip, take), context.RequestAborted);
        return Results.Json(page.Select(SessionObject.From), AdminJson.Options);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string id, IGrainFactory grains, TurnFollower follower, AuditTrail audit, string? tenant = null)
    {
        var (caller, cancellationToken) = (Caller.Of(context.User), context.RequestAborted);
        var whose = AdminRequest.TenantOf(caller, tenant);
        if (!Guid.TryParseExact(id, "N", out _))
            throw new GranaryException(ErrorCode.SessionNotFound, "There is no such conversation; GET /admin/sessions lists those that there are.", "id");
        var session = grains.GetGrain<ISessionGrain>(OwnedKey.Of(whose, id));
        var before = SessionObject.From((await follower.CallAsync(session.GetHistoryAsync, cancellationToken)).Session);
        await follower.CallAsync(session.DeleteAsync, cancellationToken);
        await audit.AddAsync(whose, caller, "session.delete", id, before, null, cancellationToken);
        return Results.Json(before, AdminJson.Options);
    }
}
