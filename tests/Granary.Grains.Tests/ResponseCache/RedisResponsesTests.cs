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
        await using (var one = new RedisResponses(address, TimeProvider.System, NullLogger.Instance))
        {
            await FindAsync(one, null); // connects
            await one.AddAsync("hash", [1, 2, 3], TimeSpan.FromMinutes(5));
        }

        await using var other = new RedisResponses(address, TimeProvider.System, NullLogger.Instance);
        var left = await FindAsync(other, [1, 2, 3]);
        Assert.InRange(left, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
        await server.KillAsync();

        Assert.Null(await other.FindAsync("hash"));
        await other.AddAsync("hash", [4], TimeSpan.FromMinutes(5));
    }

    // On a busy machine the first answer may take longer than is waited for.
    private static async Task<TimeSpan> FindAsync(RedisResponses responses, byte[]? wanted)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        for (var attempt = 0; attempt < 60; attempt++)
        {
            var found = await responses.FindAsync("hash");
            if (wanted is null || (found is { } answer && answer.Value.SequenceEqual(wanted)))
            {
                return found?.Left ?? TimeSpan.Zero;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("Redis did not answer.");
    }
}
