using System.Globalization;
using System.Threading.RateLimiting;
using Granary.Gateway.Errors;
using Granary.Gateway.Identity;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Bounds what one API key does at once at this gateway. Hub connections stay, and have bounds of their own.</summary>
internal sealed class RequestsPerKey(IOptions<GatewayOptions> options) : IConfigureOptions<RateLimiterOptions>
{
    public void Configure(RateLimiterOptions limiter)
    {
        limiter.GlobalLimiter = CreateLimiter(options.Value.MaxRequestsPerKey);
        limiter.OnRejected = (rejected, _) => new(ErrorWriter.WriteAsync(rejected.HttpContext, new(
            ErrorCode.RateLimitExceeded,
            string.Create(CultureInfo.InvariantCulture, $"This key has {options.Value.MaxRequestsPerKey} requests running at this gateway; wait for one to end."))));
    }

    /// <summary>A limiter of requests that run at once, by the key of their caller; who needs none has no limit.</summary>
    public static PartitionedRateLimiter<HttpContext> CreateLimiter(int most) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        Caller.Find(context.User)?.KeyId is { } key && !context.Request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase)
            ? RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 })
            : RateLimitPartition.GetNoLimiter(""));
}
