namespace Granary.Benchmarks;

/// <summary>The repository that the benchmark runs from.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    /// <exception cref="InvalidOperationException">The benchmark runs from elsewhere.</exception>
    public static string Root { get; } = Find();

    /// <summary>The Hugging Face folder of the demo model.</summary>
    public static string DemoModel => Path.Combine(Root, "deploy", "models", "granary-chat");

    private static string Find()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cluster.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark must run from inside the repository.");
        }

        return root;
    }
}
