using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

/// <summary>Services for the constructors of grains.</summary>
internal static class ServiceSource
{
    public static object? Get(IServiceProvider services, Type type, object? key, bool optional)
    {
        var service = key is not null && services is IKeyedServiceProvider keyed ? keyed.GetKeyedService(type, key) : services.GetService(type);
        return service is not null || optional ? service : throw new InvalidOperationException($"No service of type {type} is registered.");
    }
}
