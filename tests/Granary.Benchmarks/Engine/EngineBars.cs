using Granary.Benchmarks.Reporting;

namespace Granary.Benchmarks.Engine;

/// <summary>Names of the engine benchmark's figures, and the bars between them.</summary>
internal static class EngineBars
{
    public const string Engine = "engine";
    public const string BareGraph = "bare graph";
    public const string Peer = "llama.cpp";
    public const string Continuous = "mixed lengths, continuous batching";
    public const string Static = "mixed lengths, static batching";
    public const string Proof = "llama.cpp F32, prompts of reference.json with equal greedy tokens";
    public const int Prompts = 5;

    // A ratio of two figures of a shared machine wavers by this much.
    private const double Noise = 0.05;

    public static string Decode(string contest, int streams) => $"{contest}, decode ×{streams}";

    public static string Prefill(string contest) => $"{contest}, prefill {Workload.PrefillTokens}";

    public static string OfPeer(string what) => $"{what}: engine of llama.cpp";

    public static string OfGraph(string what) => $"{what}: engine of its bare graph";

    public static string Of(string what, string side) => $"{what}, {side}";

    /// <summary>At least as fast as llama.cpp everywhere; no slower than the bare graph by more than a twentieth in any decode; continuous batching five times static.</summary>
    public static IReadOnlyList<Bar> Of(Report report)
    {
        List<Bar> bars = [];
        if (report[Proof] is { } equal)
        {
            bars.Add(Bar.AtLeast(Proof, equal, Prompts, "prompts"));
        }

        foreach (var what in report.Figures.Where(figure => figure.Name.EndsWith(Of("", Engine), StringComparison.Ordinal)).Select(figure => figure.Name[..^Of("", Engine).Length]))
        {
            if (report[OfPeer(what)] is { } ofPeer)
            {
                bars.Add(new Bar(OfPeer(what), ofPeer, 1, "×", ofPeer >= 1 - Noise));
            }

            if (report[OfGraph(what)] is { } ofGraph)
            {
                bars.Add(Bar.AtLeast(OfGraph(what), ofGraph, 1 - Noise, "×"));
            }
        }

        if (report[Continuous] / report[Static] is { } batching)
        {
            bars.Add(Bar.AtLeast("mixed lengths: continuous of static batching", batching, 5, "×"));
        }

        return bars;
    }
}
