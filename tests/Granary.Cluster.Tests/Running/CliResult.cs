namespace Granary.Cluster.Tests.Running;

/// <summary>How a command ended.</summary>
public sealed record CliResult(int ExitCode, string Output, string Error);
