using Orleans.Runtime.Membership;

namespace Orleans.Runtime.Management;

internal sealed class SiloControl(SiloRuntime silo) : ISiloControl
{
    public Task<int> ProbeAsync() => Task.FromResult(silo.Membership.Current.Version);

    public async Task RefreshAsync(int version)
    {
        if (silo.Membership.Current.Version < version)
        {
            await silo.Membership.RefreshAsync();
        }
    }

    public Task<SiloManifest> GetManifestAsync() => Task.FromResult(silo.Manifests.Local);

    public Task<SiloLoad> GetLoadAsync() => Task.FromResult(silo.Loads.Local);

    public Task DropDuplicateAsync(ActivationAddress address)
    {
        if (silo.Catalog.Find(address.Grain) is { } activation && activation.Address == address)
        {
            activation.Deactivate(new(DeactivationReasonCode.DuplicateActivation, "Another activation of the grain holds."));
        }

        return Task.CompletedTask;
    }

    public Task<bool> AcceptMigrationAsync(ActivationAddress previous, Dictionary<string, byte[]> values)
    {
        if (silo.IsStopping || silo.Types.Find(previous.Grain.Type) is not { } info)
        {
            return Task.FromResult(false);
        }

        var target = silo.Catalog.GetOrCreate(previous.Grain, info, null, new(values, previous, silo.Calls));
        return target is Activation activation ? activation.Registered : Task.FromResult(false);
    }

    public Task CollectAsync(TimeSpan age)
    {
        silo.Catalog.Collect(age);
        return Task.CompletedTask;
    }

    public Task<Dictionary<string, int>> GetStatisticsAsync() => Task.FromResult(silo.Catalog.Activations
        .GroupBy(activation => activation.Info.Class.Type.FullName!, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal));
}
