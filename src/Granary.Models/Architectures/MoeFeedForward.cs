namespace Granary.Models.Architectures;

/// <summary>The best experts of each token, weighted by the router's softmax.</summary>
/// <param name="Router">[experts, hidden].</param>
/// <param name="Experts">The experts.</param>
/// <param name="TopK">Experts a token takes.</param>
/// <param name="Normalize">Whether the weights of the chosen experts are scaled to sum to 1.</param>
internal sealed record MoeFeedForward(Linear Router, IReadOnlyList<Expert> Experts, int TopK, bool Normalize) : FeedForward
{
    /// <summary>The name of the policy by which experts are chosen where layers and experts are apart.</summary>
    public string RoutingRule => Normalize ? "softmax-top-k-normalized" : "softmax-top-k";
}
