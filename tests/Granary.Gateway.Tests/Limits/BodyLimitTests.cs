using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Limits;

[Collection(BareGatewayTests.Name)]
public sealed class BodyLimitTests(BareGateway gateway)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_tenMegabytes_isAnsweredWith413(bool isChunked)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{"role":"user","content":"{{new string('x', 10 << 20)}}"}]}""");

        var (status, error) = await PostAsync(body, isChunked);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("too_large", error.GetProperty("code").GetString());
        Assert.Contains("1048576 bytes", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"model\": \"m\",\n  \"messages\": oops}", "line 2, byte 15")]
    [InlineData("{\"model\": \"m\"", "line 1, byte 14")]
    [InlineData("", "line 1, byte 1")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\"}", "'model'")]
    [InlineData("{\"model\":\"\\ud800\"}", "surrogate")]
    [InlineData("{\"model\":\"a\",\"\\udc00\":1}", "surrogate")]
    public async Task Post_invalidJson_namesThePlace(string body, string place)
    {
        var (status, error) = await PostAsync(Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
        Assert.Contains(place, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_deeplyNestedJson_isRefused()
    {
        var (status, error) = await PostAsync(Encoding.UTF8.GetBytes("{\"messages\":" + new string('[', 100_000) + new string(']', 100_000) + "}"));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("depth", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_otherContentType_isRefused()
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsync("v1/chat/completions", new StringContent("{}", Encoding.UTF8, "text/plain"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Get_hugeHeaders_is431()
    {
        using var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Add("x-large", new string('x', 64 << 10));

        using var response = await client.GetAsync("v1/models");

        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, response.StatusCode);
    }

    private async Task<(HttpStatusCode Status, JsonElement Error)> PostAsync(byte[] body, bool isChunked = false)
    {
        using var client = gateway.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = isChunked;
        using var response = await client.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error"));
    }
}
