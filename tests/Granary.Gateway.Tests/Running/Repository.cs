using System.Reflection;

namespace Granary.Gateway.Tests.Running;

/// <summary>Where things are, as the build knew it.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    public static string Cache { get; } = Metadata("GranaryCache");

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
