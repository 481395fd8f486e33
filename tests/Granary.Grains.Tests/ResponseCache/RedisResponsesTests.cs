using Granary.Conformance.Support;
using Granary.ResponseCache;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests.ResponseCache;

public sealed class RedisResponsesTests
{
    [Fact]
    public async Task Answers_are_shared_and_a_server_that_is_away_is_none()
    {
        Assert.True(RedisProcess.IsInstalled, "Redis is not installed; run deploy/lib/apt-install redis-server:redis-server");
        await using var server = new RedisProcess();
        var address = await server.StartAsync();
        await using var one = new RedisResponses(address, TimeProvider.System, NullLogger.Instance);
        await using var other = new RedisResponses(address, TimeProvider.System, NullLogger.Instance);

        var (value, left) = await SharedAsync(one, other);

        Assert.Equal([1, 2, 3], value);
        Assert.InRange(left, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
        await server.KillAsync();

        Assert.Null(await other.FindAsync("hash"));
        await other.AddAsync("hash", [4], TimeSpan.FromMinutes(5));
    }

    // On a busy machine either may take longer than is waited for, and the server is then left alone.
    private static async Task<(byte[] Value, TimeSpan Left)> SharedAsync(RedisResponses writer, RedisResponses reader)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        for (var attempt = 0; attempt < 60; attempt++)
        {
            await writer.AddAsync("hash", [1, 2, 3], TimeSpan.FromMinutes(5));
            if (await reader.FindAsync("hash") is { } found)
            {
                return found;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("Redis did not answer.");
    }
}
