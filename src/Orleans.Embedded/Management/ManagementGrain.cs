using Orleans.Concurrency;
using Orleans.Runtime.Management;

namespace Orleans.Runtime;

[StatelessWorker, GrainType("sysmanagement")]
internal sealed class ManagementGrain(SiloRuntime silo) : Grain, IManagementGrain
{
    public async Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false) =>
        (await GetDetailedHosts(onlyActive)).ToDictionary(host => host.SiloAddress, host => host.Status);

    public async Task<MembershipEntry[]> GetDetailedHosts(bool onlyActive = false)
    {
        await silo.Membership.RefreshAsync();
        return [.. silo.Membership.Current.Members.Where(member => !onlyActive || member.Status == SiloStatus.Active).OrderBy(member => member.SiloAddress)];
    }

    public async Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds)
    {
        var all = await Task.WhenAll(hostsIds.Select(async host =>
            (host, counts: await silo.SystemTargets.Get<ISiloControl>(host).GetStatisticsAsync())));
        return [.. all.SelectMany(one => one.counts.Select(count => new SimpleGrainStatistic { GrainType = count.Key, SiloAddress = one.host, ActivationCount = count.Value }))];
    }

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => GetSimpleGrainStatistics(silo.Membership.Current.ActiveSilos);

    public async Task<int> GetTotalActivationCount() => (await GetSimpleGrainStatistics()).Sum(statistic => statistic.ActivationCount);

    public async ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference)
    {
        var grain = reference.GetGrainId();
        return silo.Types.Find(grain.Type) is { UsesDirectory: false }
            ? silo.Catalog.TryGet(grain, out _) ? silo.Address : null
            : await silo.Directory.LookupAsync(grain, CancellationToken.None);
    }

    public Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit) =>
        Task.WhenAll(hostsIds.Select(host => silo.SystemTargets.Get<ISiloControl>(host).CollectAsync(ageLimit)));

    public Task ForceActivationCollection(TimeSpan ageLimit) => ForceActivationCollection(silo.Membership.Current.ActiveSilos, ageLimit);
}
