using Orleans.Runtime.Membership;

namespace Orleans.Runtime.Management;

internal sealed class SiloControl(SiloRuntime silo) : ISiloControl
{
    // Less than a caller waits for its answer.
    private static readonly TimeSpan EndingPatience = TimeSpan.FromSeconds(5);

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

    public Task<bool> HoldsAsync(ActivationAddress address) =>
        Task.FromResult(silo.Catalog.Find(address.Grain) is { IsEnding: false } activation && activation.Address == address);

    public Task DropDuplicateAsync(ActivationAddress address)
    {
        if (silo.Catalog.Find(address.Grain) is { } activation && activation.Address == address)
        {
            activation.Deactivate(new(DeactivationReasonCode.DuplicateActivation, "Another activation of the grain holds."));
        }

        return Task.CompletedTask;
    }

    public async Task<bool> AcceptMigrationAsync(ActivationAddress previous, Dictionary<string, byte[]> values)
    {
        var begin = silo.Time.GetTimestamp();
        while (!silo.IsStopping && silo.Types.Find(previous.Grain.Type) is { } info)
        {
            var target = silo.Catalog.GetOrCreate(previous.Grain, info, null, new(values, previous, silo.Calls), out var isNew);
            if (target is not Activation activation)
            {
                return false;
            }

            if (isNew)
            {
                return await activation.Registered;
            }

            // A grain that comes back at once finds the activation that it left: what the directory said to that one does not hold for the new one.
            if (!activation.IsEnding || silo.Time.GetElapsedTime(begin) > EndingPatience)
            {
                return false;
            }

            await activation.Deactivated.WaitAsync(EndingPatience, silo.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
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
