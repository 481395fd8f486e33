using System.Net;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

public sealed class ShardKeyTests
{
    [Theory]
    [InlineData("granary-chat")]
    [InlineData("org/model@v2")]
    public void TryParse_what_ToString_wrote_gives_the_same(string model)
    {
        var key = new ShardKey(model, SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111), 42));

        Assert.True(ShardKey.TryParse(key.ToString(), out var parsed));
        Assert.Equal(key, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("model")]
    [InlineData("model@nowhere")]
    [InlineData("@127.0.0.1:1@2")]
    public void TryParse_anything_else_is_false(string text) => Assert.False(ShardKey.TryParse(text, out _));
}
