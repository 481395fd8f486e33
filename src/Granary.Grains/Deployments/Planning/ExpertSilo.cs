namespace Granary.Deployments.Planning;

/// <summary>A silo as the balancer sees it.</summary>
/// <param name="Address">Address and generation.</param>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="FreeBytes">What experts of the model may take there, those that it holds included.</param>
/// <param name="Speed">How fast it computes relative to others; above 0.</param>
internal sealed record ExpertSilo(string Address, string Name, string Zone, long FreeBytes, double Speed);
