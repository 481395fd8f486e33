using Granary.Errors;
using Granary.Gateway.Admin.Audit;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Gateway.Identity.Issuers;
using Granary.Identity;
using Granary.Sessions;

namespace Granary.Gateway.Admin.Sessions;

/// <summary>A tenant's conversations, those of its users too: which there are, not what was said in them.</summary>
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

    private static async Task<IResult> ListAsync(HttpContext context, IGrainFactory grains, TurnFollower follower, string? tenant = null, string? after = null, int take = DefaultTake)
    {
        var whose = AdminRequest.TenantOf(Caller.Of(context.User), tenant);
        if (take is < 1 or > MaxTake)
            throw new GranaryException(ErrorCode.InvalidRequest, $"'take' must be 1 to {MaxTake}.", "take");
        SessionPlace? place = null;
        if (after is not null && !SessionPlace.TryParse(after, out place))
            throw new GranaryException(ErrorCode.InvalidRequest, "'after' must be what the header Link of the page before says.", "after");
        var lists = await Task.WhenAll(ListFromAsync(whose), ListFromAsync(OwnedKey.UsersOf(whose)));
        var page = SessionPlace.Sort(lists.SelectMany(static list => list)).Take(take).ToArray();
        if (page.Length == take)
            context.Response.Headers.Link = $"<{QueryString.Create("tenant", whose).Add("after", SessionPlace.Behind(page[^1]).ToString()).Add("take", $"{take}")}>; rel=\"next\"";
        return Results.Json(page.Select(SessionObject.From), AdminJson.Options);

        Task<SessionInfo[]> ListFromAsync(string list) =>
            follower.CallAsync(() => grains.GetGrain<ISessionIndexGrain>(list).ListFromAsync(place, take), context.RequestAborted);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string id, IGrainFactory grains, TurnFollower follower, AuditTrail audit, string? tenant = null, string? user = null)
    {
        var caller = Caller.Of(context.User);
        var whose = AdminRequest.TenantOf(caller, tenant);
        if (!Guid.TryParseExact(id, "N", out _) || (user is not null && !IssuerCaller.IsUser(user)))
            throw new GranaryException(ErrorCode.SessionNotFound, "There is no such conversation; GET /admin/sessions lists those that there are.", "id");
        var session = grains.GetGrain<ISessionGrain>(OwnedKey.Of(OwnedKey.OwnerOf(whose, user), id));
        var before = SessionObject.From((await follower.CallAsync(session.GetHistoryAsync, context.RequestAborted)).Session);
        await follower.CallAsync(session.DeleteAsync, CancellationToken.None);
        await audit.AddAsync(whose, caller, "session.delete", id, before, null);
        return Results.Json(before, AdminJson.Options);
    }
}
