using System.Text.Json.Nodes;

namespace Granary.Models.Tests.Oracle;

/// <summary>Rotary positions straight from the papers, pair by pair.</summary>
internal sealed class OracleRope
{
    private readonly double[] _frequencies;
    private readonly double _magnitude = 1;

    public OracleRope(JsonObject config, int headDim)
    {
        var scaling = config["rope_parameters"] as JsonObject ?? config["rope_scaling"] as JsonObject;
        var theta = (double?)scaling?["rope_theta"] ?? (double)config["rope_theta"]!;
        var kind = (string?)scaling?["rope_type"] ?? (string?)scaling?["type"] ?? "default";
        var factor = (double?)scaling?["factor"] ?? 1;
        var trained = (double?)scaling?["original_max_position_embeddings"] ?? (double)config["max_position_embeddings"]!;
        _frequencies = [.. Enumerable.Range(0, headDim / 2).Select(pair =>
        {
            var frequency = Math.Pow(theta, -2.0 * pair / headDim);

            // Turns over the trained context decide what is kept (1) and what is divided by the factor (0).
            var turns = trained * frequency / (2 * Math.PI);
            var kept = kind switch
            {
                "linear" => 0,
                "llama3" => Clamp((turns - Get("low_freq_factor")) / (Get("high_freq_factor") - Get("low_freq_factor"))),
                "yarn" => YarnKept(pair),
                _ => 1.0,
            };
            return (kept * frequency) + ((1 - kept) * frequency / factor);
        })];
        if (kind == "yarn")
        {
            _magnitude = (double?)scaling!["attention_factor"]
                ?? (scaling["mscale"] is not null ? Scale((double)scaling["mscale"]!) / Scale((double)scaling["mscale_all_dim"]!) : Scale(1));
        }

        double Get(string key) => (double)scaling![key]!;

        double Scale(double mscale) => (0.1 * mscale * Math.Log(factor)) + 1;

        double YarnKept(int pair)
        {
            double PairOf(double turns) => headDim / 2.0 * Math.Log(trained / (2 * Math.PI * turns), theta);
            var first = PairOf((double?)scaling!["beta_fast"] ?? 32);
            var last = PairOf((double?)scaling["beta_slow"] ?? 1);
            if ((bool?)scaling["truncate"] ?? true)
            {
                (first, last) = (Math.Floor(first), Math.Ceiling(last));
            }

            (first, last) = (Math.Max(0, first), Math.Min(headDim - 1, last));
            return 1 - Clamp((pair - first) / (last - first));
        }
    }

    /// <summary>Rotates the pairs (i, i + D/2) of a head.</summary>
    public double[] Rotate(double[] head, int position)
    {
        var half = head.Length / 2;
        var result = new double[head.Length];
        for (var i = 0; i < half; i++)
        {
            var (sin, cos) = Math.SinCos(position * _frequencies[i]);
            result[i] = _magnitude * ((head[i] * cos) - (head[i + half] * sin));
            result[i + half] = _magnitude * ((head[i + half] * cos) + (head[i] * sin));
        }

        return result;
    }

    private static double Clamp(double value) => Math.Clamp(value, 0, 1);
}
