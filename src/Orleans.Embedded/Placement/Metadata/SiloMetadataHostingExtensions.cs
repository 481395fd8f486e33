using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Orleans.Runtime.MembershipService.SiloMetadata;

/// <summary>Sets this silo's metadata.</summary>
public static class SiloMetadataHostingExtensions
{
    /// <summary>Metadata from the configuration section <c>Orleans:Metadata</c>.</summary>
    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder) => builder.UseSiloMetadata(builder.Configuration);

    /// <summary>Metadata from the section <c>Orleans:Metadata</c> of a configuration.</summary>
    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder, IConfiguration configuration) =>
        builder.UseSiloMetadata(configuration.GetSection("Orleans").GetSection("Metadata"));

    /// <summary>Metadata from a configuration section.</summary>
    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder, IConfigurationSection configurationSection) =>
        builder.UseSiloMetadata(configurationSection.GetChildren().ToDictionary(child => child.Key, child => child.Value ?? "", StringComparer.Ordinal));

    /// <summary>The given metadata.</summary>
    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder, Dictionary<string, string> metadata)
    {
        builder.Services.AddSingleton(new LocalSiloMetadata(metadata));
        return builder;
    }
}
