namespace Granary.Gateway.OpenApi;

/// <summary>The OpenAPI document, open to everybody: it says nothing of anybody.</summary>
internal static class OpenApiExtensions
{
    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services) => services.AddSingleton<OpenApiDocument>();

    public static void MapOpenApiDocument(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/openapi.json", (OpenApiDocument document) => Results.Bytes(document.Bytes, "application/json")).AllowAnonymous();
}
