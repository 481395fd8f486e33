using Granary.Gateway.Identity;

namespace Granary.Gateway.OpenAi;

/// <summary>OpenAI's HTTP interface, as far as it is honoured.</summary>
internal static class OpenAiExtensions
{
    public static IServiceCollection AddOpenAi(this IServiceCollection services) => services
        .AddSingleton<CompletionAnswers>()
        .AddSingleton<CompletionResponder>()
        .AddSingleton<StreamedCompletions>();

    public static void MapOpenAi(this IEndpointRouteBuilder endpoints)
    {
        var v1 = endpoints.MapGroup("/v1").RequireAuthorization(Policies.Chat);
        v1.MapGet("/models", ModelEndpoints.ListAsync);
        v1.MapGet("/models/{id}", ModelEndpoints.GetAsync);
        v1.MapPost("/chat/completions", CompletionEndpoints.ChatAsync);
        v1.MapGet("/chat/completions/{id}/events", CompletionEndpoints.ChatEventsAsync);
        v1.MapPost("/completions", CompletionEndpoints.TextAsync);
        v1.MapGet("/completions/{id}/events", CompletionEndpoints.TextEventsAsync);
    }
}
