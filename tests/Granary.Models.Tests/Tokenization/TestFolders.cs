namespace Granary.Models.Tests.Tokenization;

internal static class TestFolders
{
    /// <summary>The root of the repository, found upwards from the test's binary.</summary>
    public static string Repository { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cluster.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run from inside the repository.");
        }

        return folder;
    }
}
