using System.Diagnostics.CodeAnalysis;

namespace Granary.Shards;

/// <summary>Key of a shard grain: <c>model@address:port@generation</c>. The generation makes a restarted silo another one.</summary>
internal readonly record struct ShardKey(string Model, SiloAddress Silo)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out ShardKey? key)
    {
        key = null;
        var generation = text.LastIndexOf('@');
        var model = generation <= 0 ? -1 : text.LastIndexOf('@', generation - 1);
        if (model <= 0)
        {
            return false;
        }

        try
        {
            key = new ShardKey(text[..model], SiloAddress.FromParsableString(text[(model + 1)..]));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    public override string ToString() => $"{Model}@{Silo.ToParsableString()}";
}
