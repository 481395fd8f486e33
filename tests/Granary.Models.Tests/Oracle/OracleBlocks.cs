using System.Text.Json.Nodes;
using Granary.Models.Catalog;

namespace Granary.Models.Tests.Oracle;

/// <summary>How many weights of a tensor's rows share a scale, by the rule that the manifest states: the longest block that fits the row.</summary>
internal sealed class OracleBlocks(ModelManifest manifest, JsonObject config)
{
    private const int Shortest = 32;

    // One operator computes all experts since this version, and has one block length for both of its matrices.
    private static readonly Version FusedExperts = new(1, 31);

    public int Of(string tensor, int columns)
    {
        if (manifest.Weights == "w8a8" && OracleWeights.PartOf(tensor) is not ("embedding" or "experts"))
        {
            return columns; // a scale for the row
        }

        int[] widths = [columns];
        if (OracleWeights.PartOf(tensor) == "experts" && Version.Parse(manifest.Runtime) >= FusedExperts)
        {
            int[] both = [(int)config["hidden_size"]!, (int)(config["moe_intermediate_size"] ?? config["intermediate_size"])!];
            widths = both.All(width => width % Shortest == 0) ? both : widths;
        }

        var length = manifest.BlockLength!.Value;
        while (length > Shortest && widths.Any(width => width % length != 0))
        {
            length /= 2;
        }

        return length;
    }
}
