using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.OpenAi.Requests;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.OpenApi;

[Collection(KeyedGatewayTests.Name)]
public sealed class OpenApiTests(KeyedGateway gateway)
{
    [Fact]
    public async Task Document_hasEveryEndpoint_andItsReferencesLeadSomewhere()
    {
        var document = await GetAsync();

        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (Path: path.Name, operation.Name, operation.Value))).ToArray();
        Assert.Equal(
            gateway.Endpoints.Where(endpoint => !endpoint.Path.StartsWith("/hubs", StringComparison.Ordinal)).Select(endpoint => $"{endpoint.Method} {endpoint.Path}").Order(StringComparer.Ordinal),
            operations.Select(operation => $"{operation.Name.ToUpperInvariant()} {operation.Path}").Order(StringComparer.Ordinal));
        Assert.Distinct(operations.Select(operation => operation.Value.GetProperty("operationId").GetString()));
        Assert.All(operations, operation => Assert.True(operation.Value.TryGetProperty("responses", out _)));
        Assert.All(References(document), reference => Assert.Equal(JsonValueKind.Object, reference[2..].Split('/').Aggregate(document, (node, name) => node.GetProperty(name)).ValueKind));
    }

    [Theory]
    [InlineData("ChatCompletionRequest")]
    [InlineData("CompletionRequest")]
    public async Task Schema_ofARequest_hasOnlyFieldsThatAreTaken(string schema)
    {
        var properties = (await GetAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties");

        foreach (var property in properties.EnumerateObject())
        {
            using var body = JsonDocument.Parse($$"""{"{{property.Name}}":[[[]]]}""");
            var refusal = Assert.Throws<GranaryException>(() => { _ = schema[0] == 'C' && schema[1] == 'h' ? ChatCompletionReader.Read(body.RootElement, new()).ToCompletion() : TextCompletionReader.Read(body.RootElement, new()); });
            Assert.DoesNotContain("is not a field of this request", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> References(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().SelectMany(member => member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => node.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private async Task<JsonElement> GetAsync()
    {
        using var client = gateway.CreateClient();
        return JsonDocument.Parse(await client.GetStringAsync("openapi.json")).RootElement;
    }
}
