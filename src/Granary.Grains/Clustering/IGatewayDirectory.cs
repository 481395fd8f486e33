namespace Granary.Clustering;

/// <summary>Where clients reach the cluster's gateways.</summary>
public interface IGatewayDirectory
{
    /// <summary>
    /// Gateways of the silos that take work, as this silo knows them now: its own first, then the others in an order that differs from call to call, so that the clients
    /// of one that dies do not all go to the same one. Those that listen on every address and advertise none are not there, nor are those that are being drained.
    /// </summary>
    IReadOnlyList<Uri> FindLive();
}
