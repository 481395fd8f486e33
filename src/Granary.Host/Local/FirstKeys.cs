namespace Granary.Host.Local;

/// <summary>The first operator key of what <c>up</c> starts: a silo leaves it in a file, <c>up</c> shows it and keeps nothing.</summary>
internal static class FirstKeys
{
    private const string Prefix = "first-key.";

    /// <summary>Where a silo leaves it.</summary>
    public static string File(GranaryPaths paths, string silo) => Path.Combine(paths.Data, Prefix + silo);

    /// <summary>The key, if this start made it.</summary>
    public static string? Take(GranaryPaths paths)
    {
        string? key = null;
        foreach (var file in Directory.GetFiles(paths.Data, Prefix + "*"))
        {
            key = System.IO.File.ReadAllText(file);
            System.IO.File.Delete(file);
        }

        return key;
    }
}
