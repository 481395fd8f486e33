using Granary.Gateway.Errors;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Hands the bounds of a key's requests and connections to ASP.NET.</summary>
internal sealed class RequestsPerKey(RunningPerKey running) : IConfigureOptions<RateLimiterOptions>
{
    public void Configure(RateLimiterOptions limiter)
    {
        limiter.GlobalLimiter = running.Http;
        limiter.OnRejected = (rejected, _) => new(ErrorWriter.WriteAsync(rejected.HttpContext, new(ErrorCode.RateLimitExceeded, running.Describe(rejected.HttpContext))));
    }
}
