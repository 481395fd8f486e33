namespace Orleans.Runtime;

/// <summary>This silo's metadata.</summary>
internal sealed record LocalSiloMetadata(Dictionary<string, string> Values);
