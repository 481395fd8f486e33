using System.IO.Compression;
using System.Net.Http.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Compression;

[Collection(EchoGatewayTests.Name)]
public sealed class CompressionTests(EchoGateway gateway)
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("over and over ", 200)).Trim();

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br", true)]
    [InlineData("br", false)]
    public async Task Whole_longReply_isCompressed_andShortOnesAreNot(string encoding, bool isLong)
    {
        using var response = await AskAsync(encoding, isLong ? Long : "short", stream: false);

        Assert.Equal(isLong ? [encoding] : [], response.Content.Headers.ContentEncoding);
        await using var body = await response.Content.ReadAsStreamAsync();
        await using Stream plain = !isLong ? body : encoding == "gzip" ? new GZipStream(body, CompressionMode.Decompress) : new BrotliStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        Assert.Contains(isLong ? Long : "short", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_isNeverCompressed()
    {
        using var response = await AskAsync("br, gzip", Long, stream: true);

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.EndsWith("data: [DONE]\n\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> AskAsync(string encoding, string text, bool stream)
    {
        using var client = gateway.CreateClient();
        return await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Headers = { { "Accept-Encoding", encoding } },
            Content = JsonContent.Create(new { model = EchoGateway.Model, stream, messages = new[] { new { role = "user", content = text } } }),
        });
    }
}
