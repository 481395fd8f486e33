namespace Granary.Host.Tests;

internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) => folder switch
    {
        null => throw new InvalidOperationException("Cluster.sln not found above " + AppContext.BaseDirectory),
        _ when File.Exists(Path.Combine(folder.FullName, "Cluster.sln")) => folder.FullName,
        _ => Find(folder.Parent),
    };
}
