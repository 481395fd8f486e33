namespace Granary.Models.Architectures;

/// <summary>r += attention(norm(r)); r += feed-forward(norm(r)).</summary>
internal sealed record DecoderLayer(MatrixRef InputNorm, AttentionBlock Attention, MatrixRef PostAttentionNorm, FeedForward FeedForward);
