using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.OpenApi;
using Granary.Gateway.Tests.Running;
using Granary.Identity;

namespace Granary.Gateway.Tests.OpenApi;

/// <summary>Operations of administrators take and answer what the document says.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class OpenApiAnswerTests(KeyedGateway gateway) : IAsyncLifetime
{
    private readonly string _tenant = $"openapi-{Guid.NewGuid():N}";
    private HttpClient _operator = null!;
    private JsonElement _document;

    public async ValueTask InitializeAsync()
    {
        _operator = gateway.CreateClient((await gateway.CreateKeyAsync("local", CallerRole.Operator, KeyScopes.All)).ToString());
        _document = await _operator.GetFromJsonAsync<JsonElement>("openapi.json");
    }

    public ValueTask DisposeAsync()
    {
        _operator.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Operations_eachSayWhatTheyAnswer_andWhatTheyRead()
    {
        string[] withoutBody = ["/admin/silos/{name}/drain", "/admin/zones/{zone}/evacuate", "/admin/zones/{zone}/restore", "/admin/routing/{policy}"];
        var operations = _document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (Path: path.Name, operation.Name, operation.Value))).ToArray();

        Assert.All(operations, operation =>
        {
            var (path, method, value) = operation;
            var good = value.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] == '2').ToArray();
            Assert.NotEmpty(good);
            Assert.All(good, response => Assert.True(response.Name == "204" || response.Value.TryGetProperty("content", out _), $"{method} {path} answers something"));
            Assert.Equal(method is "post" or "put" && !withoutBody.Contains(path), value.TryGetProperty("requestBody", out _));
            Assert.True(value.TryGetProperty("summary", out _), $"{method} {path} does something");
        });
        var there = operations.Select(operation => $"{operation.Name.ToUpperInvariant()} {operation.Path}").ToHashSet(StringComparer.Ordinal);
        Assert.All(OpenApiOperations.All.Keys, key => Assert.Contains(key, there));
    }

    [Fact]
    public void Queries_areThoseThatEndpointsRead()
    {
        string[] Of(string path) => [.. _document.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("parameters").EnumerateArray()
            .Select(parameter => $"{parameter.GetProperty("in").GetString()} {parameter.GetProperty("name").GetString()} {parameter.GetProperty("schema").GetProperty("type").GetString()}")];

        Assert.Equal(["query tenant string", "query from string", "query to string", "query format string"], Of("/admin/usage"));
        Assert.Equal(["query tenant string", "query after string", "query take integer"], Of("/admin/sessions"));
        Assert.Equal(["path tenant string"], Of("/admin/tenants/{tenant}"));
    }

    [Fact]
    public async Task Answers_andBodies_areAsTheDocumentSays()
    {
        var session = await gateway.CreateSessionAsync(_tenant, "of a test");
        var key = await CheckAsync("POST", "/admin/keys", new { tenant = _tenant, name = "one", role = "tenant-admin", scopes = new[] { "chat" }, expiresInSeconds = 3600 });
        var id = key.GetProperty("id").GetString()!;
        await CheckAsync("POST", "/admin/keys/{id}/rotate", new { overlapSeconds = 60 }, id);
        await CheckAsync("DELETE", "/admin/keys/{id}", null, id);
        await CheckAsync("PUT", "/admin/tenants/{tenant}/limits", new { tokensPerDay = 100, allowedModels = new[] { EchoGateway.Model }, weight = 1.5 }, _tenant);
        await CheckAsync("PUT", "/admin/tenants/{tenant}/webhook", new { url = "https://example.com/x" }, _tenant);
        await CheckAsync("GET", "/admin/tenants/{tenant}", null, _tenant);
        await CheckAsync("DELETE", "/admin/tenants/{tenant}/webhook", null, _tenant);
        await CheckAsync("DELETE", "/admin/tenants/{tenant}/limits", null, _tenant);
        foreach (var path in new[] { "/admin/me", "/admin/tenants", "/admin/audit/cluster", "/admin/deployments", "/admin/profiles", "/api/cluster", "/health/live", "/health/ready" })
            await CheckAsync("GET", path);
        foreach (var path in new[] { "/admin/keys", "/admin/audit", "/admin/sessions", "/admin/models", "/admin/usage" })
            await CheckAsync("GET", path, query: $"?tenant={_tenant}");
        await CheckAsync("DELETE", "/admin/sessions/{id}", null, session, $"?tenant={_tenant}");
    }

    [Theory]
    [InlineData("chat", false)]
    [InlineData("chat", true)]
    [InlineData("text", false)]
    [InlineData("text", true)]
    public async Task Completions_andTheirEvents_areAsTheDocumentSays(string kind, bool isStreamed)
    {
        var path = kind == "chat" ? "/v1/chat/completions" : "/v1/completions";
        var text = "<|im_start|>user\none two three<|im_end|>"; // the engine echoes what a chat's user says
        var body = new Dictionary<string, object> { ["model"] = EchoGateway.Model, ["max_tokens"] = 20, ["temperature"] = 0 };
        body[kind == "chat" ? "messages" : "prompt"] = kind == "chat" ? new[] { new { role = "user", content = "one two three" } } : text;
        if (isStreamed)
            (body["stream"], body["stream_options"]) = (true, new { include_usage = true, include_obfuscation = false });
        var operation = _document.GetProperty("paths").GetProperty(path).GetProperty("post");
        Assert.Empty(SchemaCheck.Complaints(_document, Schema(operation.GetProperty("requestBody")), JsonSerializer.SerializeToElement(body)));

        using var response = await _operator.PostAsJsonAsync(path[1..], body);

        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer);
        var schema = operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty(isStreamed ? "text/event-stream" : "application/json").GetProperty("schema");
        var objects = isStreamed
            ? answer.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => line["data: ".Length..]).ToArray()
            : [answer];
        Assert.All(objects, item => Assert.Empty(SchemaCheck.Complaints(_document, schema, JsonSerializer.Deserialize<JsonElement>(item))));
        if (isStreamed)
            Assert.Equal(objects.Length - 1, objects.Count(item => item.Contains("\"usage\":null", StringComparison.Ordinal)));
    }

    private async Task<JsonElement> CheckAsync(string method, string path, object? body = null, string? id = null, string query = "")
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var operation = _document.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant());
        var address = id is null ? path : string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? id : part));
        using var request = new HttpRequestMessage(new HttpMethod(method), address[1..] + query);
        if (body is not null)
        {
            Assert.Empty(SchemaCheck.Complaints(_document, Schema(operation.GetProperty("requestBody")), JsonSerializer.SerializeToElement(body)));
            request.Content = JsonContent.Create(body);
        }

        using var response = await _operator.SendAsync(request, cancellationToken);

        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(operation.GetProperty("responses").TryGetProperty($"{(int)response.StatusCode}", out var described), $"{method} {path}: {(int)response.StatusCode} {text}");
        var answer = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Empty(SchemaCheck.Complaints(_document, Schema(described), answer));
        return answer;
    }

    private static JsonElement Schema(JsonElement owner) => owner.GetProperty("content").GetProperty("application/json").GetProperty("schema");
}
