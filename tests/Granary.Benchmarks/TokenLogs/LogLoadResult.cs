namespace Granary.Benchmarks.TokenLogs;

/// <summary>What a load took.</summary>
/// <param name="Cpu">Microseconds of this process's CPU a token.</param>
/// <param name="P50">Milliseconds from a step's end until a token may be shown: the median.</param>
/// <param name="P99">Of 99 in 100 tokens.</param>
internal sealed record LogLoadResult(double Cpu, double P50, double P99);
