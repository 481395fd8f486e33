using System.Text.Json;

namespace Granary.Models.Checkpoints;

/// <summary>model.safetensors.index.json: which shard holds which tensor.</summary>
internal sealed class CheckpointIndex
{
    private readonly string _path;
    private readonly Dictionary<string, string> _shardOf;

    private CheckpointIndex(string path, Dictionary<string, string> shardOf)
    {
        _path = path;
        _shardOf = shardOf;
    }

    /// <summary>Names of the shards as the index has them, sorted; not to be trusted as paths.</summary>
    public IReadOnlyList<string> Shards => [.. _shardOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static CheckpointIndex Read(string path)
    {
        var map = JsonFile.Read(path).Object("weight_map") ?? throw new ModelFormatException(path, "'weight_map' is missing. Download the file again.");
        var shardOf = map.Properties.ToDictionary(
            entry => entry.Name,
            entry => entry.Value.ValueKind == JsonValueKind.String && entry.Value.GetString()!.EndsWith(".safetensors", StringComparison.Ordinal)
                ? entry.Value.GetString()!
                : throw new ModelFormatException(path, "its shard must be the name of a .safetensors file.", entry.Name),
            StringComparer.Ordinal);
        return new CheckpointIndex(path, shardOf);
    }

    /// <summary>Checks that every tensor lies where the index says.</summary>
    /// <param name="pathOf">The file that holds a tensor, if one does.</param>
    public void Check(Func<string, string?> pathOf)
    {
        foreach (var (tensor, shard) in _shardOf)
        {
            var path = pathOf(tensor);
            if (path is null || Path.GetFileName(path) != shard)
            {
                throw new ModelFormatException(_path, $"should be in {shard}, but is {(path is null ? "nowhere" : $"in {Path.GetFileName(path)}")}. Index and shards do not belong together: download both again.", tensor);
            }
        }
    }
}
