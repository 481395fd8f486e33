using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Granary.Deployments;

namespace Granary.Shards;

/// <summary>A stage of a replica of a model, whatever its epoch and silo.</summary>
internal readonly record struct StageKey(string Model, int Replica, int Stage)
{
    public static StageKey Of(PartKey part) => new(part.Model, part.Replica, part.Stage);

    /// <summary>The key of its grain on a silo.</summary>
    public string On(string address) => new ShardKey(string.Create(CultureInfo.InvariantCulture, $"{Model}#{Replica}.{Stage}"), SiloAddress.FromParsableString(address)).ToString();

    public static bool TryParse(string grainKey, [NotNullWhen(true)] out StageKey? key)
    {
        key = null;
        if (!ShardKey.TryParse(grainKey, out var shard) || shard.Value.Model.Split('#') is not [var model, var numbers] || numbers.Split('.') is not [var replica, var stage])
        {
            return false;
        }

        if (int.TryParse(replica, CultureInfo.InvariantCulture, out var r) && int.TryParse(stage, CultureInfo.InvariantCulture, out var s))
        {
            key = new StageKey(model, r, s);
        }

        return key is not null;
    }
}
