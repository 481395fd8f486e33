namespace Granary.Host.Local;

/// <summary>One silo to start.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ConfigFile">Its configuration.</param>
/// <param name="Url">Where its gateway will answer.</param>
/// <param name="SiloPort">Port for other silos.</param>
/// <param name="GatewayPort">Port for Orleans clients.</param>
/// <param name="Environment">Settings that the file cannot know: folders, addresses and passwords of stores.</param>
internal sealed record SiloPlan(string Name, string ConfigFile, Uri Url, int SiloPort, int GatewayPort, IReadOnlyDictionary<string, string> Environment);
