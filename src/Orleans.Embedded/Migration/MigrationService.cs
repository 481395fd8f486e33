using Orleans.Runtime.Management;

namespace Orleans.Runtime;

/// <summary>Hands what an activation takes along to the silo where it goes on.</summary>
internal sealed class MigrationService(SiloRuntime silo)
{
    /// <summary>True when the grain lives at the target now; its directory entry has moved, too.</summary>
    public Task<bool> MoveAsync(SiloAddress target, ActivationAddress previous, DehydrationContext context) =>
        silo.SystemTargets.Get<ISiloControl>(target).AcceptMigrationAsync(previous, context.Values);
}
