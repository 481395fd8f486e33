namespace Granary.Models.Catalog;

/// <summary>A part of a model's weights that can be kept wide while the others are narrowed.</summary>
public enum ModelPart
{
    /// <summary>The choice of experts: small, and a flipped choice is a large error.</summary>
    Router,

    /// <summary>Weights of norms and biases of no matrix.</summary>
    Norms,

    /// <summary>The matrix of the logits.</summary>
    Head,

    /// <summary>The rows of tokens.</summary>
    Embedding,

    /// <summary>Query, key, value and output of attention.</summary>
    Attention,

    /// <summary>Dense feed-forward layers.</summary>
    FeedForward,

    /// <summary>Experts.</summary>
    Experts,
}
