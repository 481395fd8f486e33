namespace Granary.Gateway.Completions;

/// <summary>Generation without conversations.</summary>
internal static class CompletionsExtensions
{
    public static IServiceCollection AddCompletions(this IServiceCollection services) => services.AddSingleton<CompletionClient>().AddSingleton<CompletionIds>();
}
