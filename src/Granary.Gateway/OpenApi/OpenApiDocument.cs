using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;

namespace Granary.Gateway.OpenApi;

/// <summary>The OpenAPI document: every endpoint that there is, with what <c>openapi.json</c> says about it.</summary>
internal sealed class OpenApiDocument(EndpointDataSource endpoints)
{
    private byte[]? _bytes;

    /// <summary>As JSON; endpoints do not change while a gateway runs.</summary>
    public byte[] Bytes => _bytes ??= System.Text.Encoding.UTF8.GetBytes(Build().ToJsonString());

    private JsonObject Build()
    {
        using var resource = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        var document = JsonNode.Parse(resource)!.AsObject();
        document["info"]!["version"] = typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var paths = document["paths"]!.AsObject();
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            if (path.StartsWith("/hubs", StringComparison.Ordinal))
                continue; // what is no HTTP is in docs/CHAT-HUB.md
            var item = paths[path]?.AsObject() ?? (JsonObject)(paths[path] = new JsonObject());
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                Complete(item[method.ToLowerInvariant()]?.AsObject() ?? (JsonObject)(item[method.ToLowerInvariant()] = new JsonObject()), endpoint, path, method);
        }

        return document;
    }

    /// <summary>Adds what the endpoint itself tells.</summary>
    private static void Complete(JsonObject operation, RouteEndpoint endpoint, string path, string method)
    {
        string[] words = [method.ToLowerInvariant(), .. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('{', '}'))];
        operation["operationId"] = string.Join('_', words);
        operation["tags"] = new JsonArray(words.Length > 1 ? words[1] : "");
        operation["security"] = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null ? new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }) : new JsonArray();

        var parameters = operation["parameters"]?.AsArray() ?? (JsonArray)(operation["parameters"] = new JsonArray());
        foreach (var parameter in endpoint.RoutePattern.Parameters)
            parameters.Add(new JsonObject { ["name"] = parameter.Name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } });

        var responses = operation["responses"]?.AsObject() ?? (JsonObject)(operation["responses"] = new JsonObject());
        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/" + (path.StartsWith("/v1", StringComparison.Ordinal) ? "Error" : "Problem") };
    }
}
