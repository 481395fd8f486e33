using System.Text.Json;

namespace Granary.Models.Checkpoints;

/// <summary>Rotary position parameters, from <c>rope_parameters</c> (transformers 5) or <c>rope_theta</c> with <c>rope_scaling</c> (before).</summary>
internal sealed record RopeConfig
{
    public required RopeKind Kind { get; init; }

    public required double Theta { get; init; }

    public double Factor { get; init; } = 1;

    /// <summary>Positions the model was trained on before it was stretched.</summary>
    public required int OriginalMaxPositions { get; init; }

    /// <summary>Positions that the stretched model can use.</summary>
    public required int MaxPositions { get; init; }

    public double LowFrequencyFactor { get; init; } = 1;

    public double HighFrequencyFactor { get; init; } = 4;

    public double BetaFast { get; init; } = 32;

    public double BetaSlow { get; init; } = 1;

    /// <summary>Whether YaRN rounds the ends of its ramp to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>What cosines and sines are multiplied with.</summary>
    public double AttentionFactor { get; init; } = 1;

    /// <exception cref="ModelFormatException">The kind is not supported, or a parameter is missing or out of bounds.</exception>
    public static RopeConfig Read(JsonFile config, int maxPositions, double defaultTheta)
    {
        var parameters = config.Object("rope_parameters") ?? config.Object("rope_scaling");
        var theta = parameters?.OptionalDouble("rope_theta", 1, 1e12) ?? config.OptionalDouble("rope_theta", 1, 1e12) ?? defaultTheta;
        var name = parameters?.String("rope_type") ?? parameters?.String("type") ?? "default";
        if ((parameters?.OptionalDouble("partial_rotary_factor", 0, 1) ?? config.OptionalDouble("partial_rotary_factor", 0, 1) ?? 1) != 1)
        {
            throw config.Wrong("partial_rotary_factor", "is not 1; models that rotate part of a head cannot be imported yet");
        }

        if (parameters?.Properties.Any(entry => entry.Value.ValueKind == JsonValueKind.Object) == true)
        {
            throw config.Wrong("rope_parameters", "differs by kind of layer; one set for all layers is supported");
        }

        return name switch
        {
            "default" => Unstretched(RopeKind.Default, theta, maxPositions),
            "dynamic" => Unstretched(RopeKind.Dynamic, theta, maxPositions), // whatever the original is said to be: transformers does not look at it
            "linear" => Linear(parameters!, theta, maxPositions),
            "llama3" => Llama3(parameters!, theta, maxPositions),
            "yarn" => Yarn(parameters!, theta, maxPositions),
            _ => throw config.Wrong("rope_type", $"is '{name}'; known are default, linear, dynamic, llama3 and yarn"),
        };
    }

    // Dynamic scaling changes all cosines of a sequence once it outgrows the trained context, which one table cannot hold:
    // the model is served up to that context, where it is exact.
    private static RopeConfig Unstretched(RopeKind kind, double theta, int maxPositions) =>
        new() { Kind = kind, Theta = theta, OriginalMaxPositions = maxPositions, MaxPositions = maxPositions };

    private static RopeConfig Linear(JsonFile parameters, double theta, int maxPositions)
    {
        var factor = parameters.Double("factor", 1, 4096);
        return new()
        {
            Kind = RopeKind.Linear, Theta = theta, Factor = factor,
            OriginalMaxPositions = maxPositions,

            // Where the original is named, max_position_embeddings is stretched already.
            MaxPositions = parameters.Has("original_max_position_embeddings") ? maxPositions : Stretched(parameters, maxPositions, factor),
        };
    }

    private static RopeConfig Llama3(JsonFile parameters, double theta, int maxPositions)
    {
        var low = parameters.Double("low_freq_factor", 1e-3, 1e6);
        var high = parameters.Double("high_freq_factor", 1e-3, 1e6);
        return high > low
            ? new()
            {
                Kind = RopeKind.Llama3, Theta = theta, Factor = parameters.Double("factor", 1, 4096),
                OriginalMaxPositions = parameters.Int("original_max_position_embeddings", 1, ModelConfig.MaxPositionsLimit),
                MaxPositions = maxPositions, LowFrequencyFactor = low, HighFrequencyFactor = high,
            }
            : throw parameters.Wrong("high_freq_factor", "must be greater than low_freq_factor");
    }

    private static RopeConfig Yarn(JsonFile parameters, double theta, int maxPositions)
    {
        var original = parameters.OptionalInt("original_max_position_embeddings", 1, ModelConfig.MaxPositionsLimit) ?? maxPositions;
        var factor = parameters.OptionalDouble("factor", 1, 4096) ?? Math.Max(1, (double)maxPositions / original);
        var mscale = parameters.OptionalDouble("mscale", 0, 1e3) ?? 0;
        var mscaleAll = parameters.OptionalDouble("mscale_all_dim", 0, 1e3) ?? 0;
        var attention = parameters.OptionalDouble("attention_factor", 1e-3, 1e3)
            ?? (mscale > 0 && mscaleAll > 0 ? Magnitude(factor, mscale) / Magnitude(factor, mscaleAll) : Magnitude(factor, 1));
        return new()
        {
            Kind = RopeKind.Yarn, Theta = theta, Factor = factor, OriginalMaxPositions = original,
            MaxPositions = Math.Max(maxPositions, Stretched(parameters, original, factor)),
            BetaFast = parameters.OptionalDouble("beta_fast", 1e-3, 1e6) ?? 32,
            BetaSlow = parameters.OptionalDouble("beta_slow", 1e-3, 1e6) ?? 1,
            Truncate = parameters.Bool("truncate", absent: true),
            AttentionFactor = attention,
        };
    }

    private static double Magnitude(double factor, double scale) => factor <= 1 ? 1 : (0.1 * scale * Math.Log(factor)) + 1;

    private static int Stretched(JsonFile parameters, int positions, double factor) =>
        positions * factor <= ModelConfig.MaxPositionsLimit
            ? (int)(positions * factor)
            : throw parameters.Wrong("factor", $"stretches the context to {positions * factor:N0} positions; at most {ModelConfig.MaxPositionsLimit:N0} are supported");
}
