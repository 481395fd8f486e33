namespace Granary.Benchmarks.Deployed;

/// <summary>What a deployed model did under load.</summary>
/// <param name="TokensPerSecond">Of all streams, first tokens and prompts included.</param>
/// <param name="MillisecondsPerToken">Of a stream behind its first token, the median of the streams.</param>
/// <param name="HiddenBytesPerToken">Hidden states that went to other stages or experts and back; a prompt's share included.</param>
/// <param name="WireBytesPerToken">Everything that went through the loopback device meanwhile.</param>
internal sealed record DeployedLoad(double TokensPerSecond, double MillisecondsPerToken, double HiddenBytesPerToken, double WireBytesPerToken);
