using Granary.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.ResponseCache;

/// <summary>Answers that are kept.</summary>
internal static class ResponseCacheExtensions
{
    public static IServiceCollection AddResponseCache(this IServiceCollection services, IConfiguration configuration) => services
        .AddGranaryOptions<ResponseCacheOptions>(configuration, ResponseCacheOptions.SectionName)
        .AddSingleton<IResponseCache, KeptResponses>();
}
