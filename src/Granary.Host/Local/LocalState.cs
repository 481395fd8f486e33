using System.Text.Json;

namespace Granary.Host.Local;

/// <summary>What <c>up</c> started, as <c>down</c> and the other commands find it.</summary>
internal sealed record LocalState
{
    public required List<ManagedProcess> Processes { get; init; }

    public static LocalState? Load(GranaryPaths paths)
    {
        try
        {
            return JsonSerializer.Deserialize<LocalState>(File.ReadAllText(paths.StateFile));
        }
        catch (Exception failure) when (failure is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Save(GranaryPaths paths)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(paths.StateFile)!);
        var temporary = paths.StateFile + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this));
        File.Move(temporary, paths.StateFile, overwrite: true);
    }

    public static void Forget(GranaryPaths paths)
    {
        if (File.Exists(paths.StateFile))
        {
            File.Delete(paths.StateFile);
        }
    }

    public Uri? FirstLiveGateway() => Processes.FirstOrDefault(process => process.Url is not null && process.IsAlive())?.Url;
}
