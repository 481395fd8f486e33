using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;

namespace Granary.Gateway.OpenApi;

/// <summary>The OpenAPI document: every endpoint that there is, with what <see cref="OpenApiOperations"/> or <c>openapi.json</c> says about it.</summary>
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
        var (paths, schemas) = (document["paths"]!.AsObject(), new OpenApiSchemas(document["components"]!["schemas"]!.AsObject()));
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            if (path.StartsWith("/hubs", StringComparison.Ordinal))
                continue; // what is no HTTP is in docs/CHAT-HUB.md
            var item = paths[path]?.AsObject() ?? (JsonObject)(paths[path] = new JsonObject());
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            {
                var operation = item[method.ToLowerInvariant()]?.AsObject() ?? (JsonObject)(item[method.ToLowerInvariant()] = new JsonObject());
                if (OpenApiOperations.All.TryGetValue($"{method} {path}", out var described))
                    Describe(operation, described, schemas);
                Complete(operation, endpoint, path, method);
            }
        }

        return document;
    }

    /// <summary>Adds what its types tell.</summary>
    private static void Describe(JsonObject operation, OpenApiOperation described, OpenApiSchemas schemas)
    {
        operation["summary"] = described.Summary;
        if (described.Body is { } body)
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(schemas.Body(body, described.Json)) };
        var responses = new JsonObject();
        foreach (var status in described.Statuses)
        {
            var response = new JsonObject { ["description"] = described.Answer is null ? "Done" : described.Summary };
            if (described.Answer is { } answer)
                response["content"] = Content(schemas.Answer(answer, described.Json));
            responses[$"{status}"] = response;
        }

        operation["responses"] = responses;
    }

    private static JsonObject Content(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

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

        foreach (var parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Where(parameter => IsQuery(parameter, endpoint)))
            parameters.Add(new JsonObject { ["name"] = parameter.Name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = parameter.ParameterInfo.ParameterType == typeof(string) ? "string" : "integer" } });

        var responses = operation["responses"]?.AsObject() ?? (JsonObject)(operation["responses"] = new JsonObject());
        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/" + (path.StartsWith("/v1", StringComparison.Ordinal) ? "Error" : "Problem") };
    }

    private static bool IsQuery(IParameterBindingMetadata parameter, RouteEndpoint endpoint) =>
        (parameter.ParameterInfo.ParameterType == typeof(string) || parameter.ParameterInfo.ParameterType == typeof(int) || parameter.ParameterInfo.ParameterType == typeof(int?))
        && endpoint.RoutePattern.GetParameter(parameter.Name) is null;
}
