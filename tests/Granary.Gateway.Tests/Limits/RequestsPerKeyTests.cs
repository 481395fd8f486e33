using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Identity;
using Microsoft.AspNetCore.Http;

namespace Granary.Gateway.Tests.Limits;

public sealed class RequestsPerKeyTests
{
    [Fact]
    public void Limiter_countsByKey_andNeitherHubsNorThoseWithoutOne()
    {
        using var limiter = RequestsPerKey.CreateLimiter(most: 2);
        var first = limiter.AttemptAcquire(Request("a"));

        Assert.True(limiter.AttemptAcquire(Request("a")).IsAcquired);
        Assert.False(limiter.AttemptAcquire(Request("a")).IsAcquired);
        Assert.True(limiter.AttemptAcquire(Request("b")).IsAcquired);
        Assert.True(limiter.AttemptAcquire(Request("a", "/hubs/chat")).IsAcquired);
        Assert.All(Enumerable.Range(0, 5), _ => Assert.True(limiter.AttemptAcquire(Request(null)).IsAcquired));
        first.Dispose();
        Assert.True(limiter.AttemptAcquire(Request("a")).IsAcquired);
    }

    private static DefaultHttpContext Request(string? key, string path = "/v1/models") => new()
    {
        User = CallerIdentity.Principal(new Caller("acme", CallerRole.User, KeyScopes.Chat, key)),
        Request = { Path = path },
    };
}
