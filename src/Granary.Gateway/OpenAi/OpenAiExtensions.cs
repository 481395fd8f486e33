namespace Granary.Gateway.OpenAi;

/// <summary>OpenAI's HTTP interface, as far as it is honoured.</summary>
internal static class OpenAiExtensions
{
    public static void MapOpenAi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/models", ModelEndpoints.ListAsync);
        endpoints.MapGet("/v1/models/{id}", ModelEndpoints.GetAsync);
        endpoints.MapPost("/v1/chat/completions", ChatCompletionEndpoint.HandleAsync);
    }
}
