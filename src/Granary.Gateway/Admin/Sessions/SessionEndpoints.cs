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

    private static async Task<IResult> ListAsync(HttpContext context, IGrainFactory grains, TurnFollower follower, string? tenant = null, int skip = 0, int take = DefaultTake)
    {
        var whose = AdminRequest.TenantOf(Caller.Of(context.User), tenant);
        if (skip < 0 || take is < 1 or > MaxTake)
            throw new GranaryException(ErrorCode.InvalidRequest, $"'skip' must be 0 or more, 'take' 1 to {MaxTake}.", "take");
        var (ofKeys, ofUsers) = (await FirstAsync(whose), await FirstAsync(OwnedKey.UsersOf(whose)));
        var page = ofKeys.Concat(ofUsers).OrderByDescending(session => session.UpdatedAt).ThenBy(session => session.Id, StringComparer.Ordinal).Skip(skip).Take(take);
        return Results.Json(page.Select(SessionObject.From), AdminJson.Options);

        // Whichever list the page's conversations are in, they are among its first.
        async Task<List<SessionInfo>> FirstAsync(string list)
        {
            var (index, first, last) = (grains.GetGrain<ISessionIndexGrain>(list), new List<SessionInfo>(), false);
            while (!last && first.Count < (long)skip + take)
            {
                var next = await follower.CallAsync(() => index.ListAsync(first.Count, MaxTake), context.RequestAborted);
                first.AddRange(next);
                last = next.Length < MaxTake;
            }

            return first;
        }
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string id, IGrainFactory grains, TurnFollower follower, AuditTrail audit, string? tenant = null, string? user = null)
    {
        var (caller, cancellationToken) = (Caller.Of(context.User), context.RequestAborted);
        var whose = AdminRequest.TenantOf(caller, tenant);
        if (!Guid.TryParseExact(id, "N", out _) || (user is not null && !IssuerCaller.IsUser(user)))
            throw new GranaryException(ErrorCode.SessionNotFound, "There is no such conversation; GET /admin/sessions lists those that there are.", "id");
        var session = grains.GetGrain<ISessionGrain>(OwnedKey.Of(user is null ? whose : $"{whose}/{user}", id));
        var before = SessionObject.From((await follower.CallAsync(session.GetHistoryAsync, cancellationToken)).Session);
        await follower.CallAsync(session.DeleteAsync, cancellationToken);
        await audit.AddAsync(whose, caller, "session.delete", id, before, null, cancellationToken);
        return Results.Json(before, AdminJson.Options);
    }
}
