namespace Granary.Architecture.Tests;

/// <summary>The repository's source files.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] Outputs = ["artifacts", "bin", "obj", "node_modules", ".git", ".granary"];

    public static string Root { get; } = FindRoot();

    /// <summary>Files below a folder by ending, build outputs left out.</summary>
    public static IEnumerable<FileInfo> Below(string folder, string pattern) =>
        new DirectoryInfo(Path.Combine(Root, folder)).EnumerateFiles(pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file.FullName).Split(Path.DirectorySeparatorChar).Intersect(Outputs).Any());

    public static string Relative(FileInfo file) => Path.GetRelativePath(Root, file.FullName);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Cluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
