using System.Globalization;
using System.Threading.RateLimiting;
using Granary.Errors;
using Granary.Gateway.Identity;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>
/// Bounds what one API key, or one user of an OpenID provider, does at once at this gateway: requests, those over hub connections and plain WebSockets
/// among them, and such connections. Who needs no credentials has no bounds.
/// </summary>
internal sealed class RunningPerKey : IDisposable
{
    private readonly GatewayOptions _options;
    private readonly PartitionedRateLimiter<(Caller? Caller, bool IsConnection)> _running;

    public RunningPerKey(IOptions<GatewayOptions> options)
    {
        _options = options.Value;
        _running = PartitionedRateLimiter.Create<(Caller? Caller, bool IsConnection), (string Key, bool IsConnection)>(thing => KeyOf(thing.Caller) is { } key
            ? RateLimitPartition.GetConcurrencyLimiter((key, thing.IsConnection), Bounds)
            : RateLimitPartition.GetNoLimiter(("", thing.IsConnection)));
        Http = _running.WithTranslatedKey<HttpContext>(context => (Caller.Find(context.User), IsConnection(context)), leaveOpen: true);
    }

    /// <summary>For requests over HTTP, and for connections, which are requests to <c>/hubs</c>.</summary>
    public PartitionedRateLimiter<HttpContext> Http { get; }

    /// <summary>A request begins that a connection carries; it ends when what is returned is disposed.</summary>
    /// <exception cref="GranaryException"><c>rate_limit_exceeded</c>.</exception>
    public IDisposable Begin(Caller caller)
    {
        var lease = _running.AttemptAcquire((caller, IsConnection: false));
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        throw new GranaryException(ErrorCode.RateLimitExceeded, Describe(isConnection: false));
    }

    /// <summary>Why <see cref="Http"/> refused.</summary>
    public string Describe(HttpContext context) => Describe(IsConnection(context));

    public void Dispose()
    {
        Http.Dispose();
        _running.Dispose();
    }

    private string Describe(bool isConnection) => isConnection
        ? string.Create(CultureInfo.InvariantCulture, $"This key has {_options.MaxConnectionsPerKey} hub connections open at this gateway; close one, or use another gateway.")
        : string.Create(CultureInfo.InvariantCulture, $"This key has {_options.MaxRequestsPerKey} requests running at this gateway; wait for one to end.");

    private ConcurrencyLimiterOptions Bounds((string Key, bool IsConnection) thing) =>
        new() { PermitLimit = thing.IsConnection ? _options.MaxConnectionsPerKey : _options.MaxRequestsPerKey, QueueLimit = 0 };

    private static string? KeyOf(Caller? caller) => caller switch
    {
        { KeyId: { } key } => key,
        { User: not null } => caller.Owner,
        _ => null,
    };

    /// <summary>Whether it is a connection to a hub, which goes on until somebody ends it.</summary>
    internal static bool IsConnection(HttpContext context) => context.Request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase);
}
