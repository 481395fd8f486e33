namespace Granary.Gateway.Idempotency;

/// <summary>Requests that may be repeated.</summary>
internal static class IdempotencyExtensions
{
    public static IServiceCollection AddIdempotency(this IServiceCollection services) => services.AddSingleton<IdempotentCompletions>();
}
