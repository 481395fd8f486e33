namespace Granary.Chaos.Silos;

/// <summary>The repository and its built <c>granary</c> program.</summary>
internal static class HostProgram
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>artifacts/PROFILE/bin/Granary.Host/CONFIGURATION/granary.dll of the profile and configuration that this assembly was built in.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return System.IO.Path.Combine(here.Parent!.Parent!.FullName, "Granary.Host", here.Name, "granary.dll");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Cluster.sln not found above " + AppContext.BaseDirectory);
        }

        return folder.FullName;
    }
}
