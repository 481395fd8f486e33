using Granary.Errors;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Tests.Limits;

public sealed class RunningPerKeyTests
{
    private static readonly Caller A = new("acme", CallerRole.User, KeyScopes.Chat, "a");

    [Fact]
    public void Http_countsByKey_andWhoNeedsNoneHasNoLimit()
    {
        using var running = new RunningPerKey(Options.Create(new GatewayOptions { MaxRequestsPerKey = 2 }));
        var first = running.Http.AttemptAcquire(Request(A));

        Assert.True(running.Http.AttemptAcquire(Request(A)).IsAcquired);
        Assert.False(running.Http.AttemptAcquire(Request(A)).IsAcquired);
        Assert.True(running.Http.AttemptAcquire(Request(A with { KeyId = "b" })).IsAcquired);
        Assert.All(Enumerable.Range(0, 5), _ => Assert.True(running.Http.AttemptAcquire(Request(Caller.Local)).IsAcquired));
        first.Dispose();
        Assert.True(running.Http.AttemptAcquire(Request(A)).IsAcquired);
    }

    [Fact]
    public void Http_countsUsersOfAProvider_eachByHimself()
    {
        using var running = new RunningPerKey(Options.Create(new GatewayOptions { MaxRequestsPerKey = 1 }));
        var (one, two) = (A with { KeyId = null, User = "one" }, A with { KeyId = null, User = "two" });

        Assert.True(running.Http.AttemptAcquire(Request(one)).IsAcquired);
        Assert.False(running.Http.AttemptAcquire(Request(one)).IsAcquired);
        Assert.True(running.Http.AttemptAcquire(Request(two)).IsAcquired);
        Assert.False(running.Http.AttemptAcquire(Request(two)).IsAcquired);
    }

    [Fact]
    public void Connections_haveALimitOfTheirOwn_andWhatTheyCarryCountsWithTheRequests()
    {
        using var running = new RunningPerKey(Options.Create(new GatewayOptions { MaxRequestsPerKey = 2, MaxConnectionsPerKey = 1 }));

        Assert.True(running.Http.AttemptAcquire(Request(A, "/hubs/chat")).IsAcquired);
        Assert.False(running.Http.AttemptAcquire(Request(A, "/hubs/socket")).IsAcquired);
        using (running.Begin(A))
        {
            Assert.True(running.Http.AttemptAcquire(Request(A)).IsAcquired);
            Assert.Equal(ErrorCode.RateLimitExceeded, Assert.Throws<GranaryException>(() => running.Begin(A)).Code);
        }

        running.Begin(A).Dispose();
    }

    private static DefaultHttpContext Request(Caller caller, string path = "/v1/models") => new() { User = CallerIdentity.Principal(caller), Request = { Path = path } };
}
