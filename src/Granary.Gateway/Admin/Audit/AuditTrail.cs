using System.Text.Json;
using Granary.Audit;
using Granary.Errors;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;

namespace Granary.Gateway.Admin.Audit;

/// <summary>
/// Writes down who changed what. A change is acknowledged when it is written down, too; where that fails the caller is told to repeat what he did. Neither a change nor its entry
/// depends on whether the caller still waits: else he could change something and hang up before it is written down. The time-outs of grain calls and <see cref="TurnFollower"/> end them.
/// </summary>
internal sealed partial class AuditTrail(IGrainFactory grains, TurnFollower follower, TimeProvider time, ILogger<AuditTrail> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Adds an entry.</summary>
    /// <param name="of">A tenant, or <see cref="IAuditGrain.ClusterKey"/>.</param>
    /// <param name="caller">Who.</param>
    /// <param name="what">What, such as <c>key.revoke</c>.</param>
    /// <param name="target">To which.</param>
    /// <param name="before">As it was; nothing secret.</param>
    /// <param name="after">As it is; nothing secret.</param>
    /// <exception cref="GranaryException">It could not be written down.</exception>
    public Task AddAsync(string of, Caller caller, string what, string target, object? before, object? after)
    {
        var entry = new AuditEntry { At = time.GetUtcNow(), Who = caller.Name, What = what, Target = target, Before = Json(before), After = Json(after) };
        return follower.CallAsync(() => Grain(of).AddAsync(entry), CancellationToken.None);
    }

    /// <summary>The same for what must be done whether it can be written down or not; then the log has it.</summary>
    public async Task TryAddAsync(string of, Caller caller, string what, string target, object? before, object? after)
    {
        try
        {
            await AddAsync(of, caller, what, target, before, after).WaitAsync(Patience, time);
        }
        catch (Exception exception) when (exception is GranaryException or TimeoutException)
        {
            LogNotWritten(caller.Name, what, target, exception.Message);
        }
    }

    /// <summary>A page of entries, newest first.</summary>
    public Task<AuditList> ListAsync(string of, long? before, int take, CancellationToken cancellationToken) => follower.CallAsync(() => Grain(of).ListBeforeAsync(before, take), cancellationToken);

    private IAuditGrain Grain(string of) => grains.GetGrain<IAuditGrain>(of);

    private static string? Json(object? value) => value is null ? null : JsonSerializer.Serialize(value, AdminJson.Options);

    [LoggerMessage(4420, LogLevel.Warning, "{Caller} did {What} to {Target}; the audit trail does not have it ({Reason})")]
    private partial void LogNotWritten(string caller, string what, string target, string reason);
}
