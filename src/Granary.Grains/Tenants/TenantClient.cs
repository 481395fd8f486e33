namespace Granary.Tenants;

/// <inheritdoc/>
internal sealed class TenantClient(string tenant, IGrainFactory grains) : ITenantClient
{
    private readonly Lock _lock = new();
    private readonly List<Reservation> _closed = [];

    private ITenantGrain Grain => grains.GetGrain<ITenantGrain>(tenant);

    public Task<LeaseGrant> RenewAsync(LeaseReport report) => Grain.RenewAsync(report);

    public Task<bool> ClaimAsync(Reservation reservation, string silo, long epoch, bool hasEnded) => Grain.ClaimAsync(reservation, silo, epoch, hasEnded);

    public async Task<bool[]> RecordAsync(IReadOnlyList<UsageRecord> records)
    {
        var isNew = new bool[records.Count];
        foreach (var day in records.Index().GroupBy(record => record.Item.Day).ToArray())
        {
            var closed = TakeClosed(day.Key);
            var added = await grains.GetGrain<ITenantUsageGrain>(ITenantUsageGrain.KeyOf(tenant, day.Key)).AddAsync([.. day.Select(record => record.Item)], closed);
            foreach (var (record, one) in day.Zip(added))
            {
                isNew[record.Index] = one;
            }
        }

        return isNew;
    }

    public void Close(Reservation reservation)
    {
        lock (_lock)
        {
            _closed.Add(reservation);
        }
    }

    // Forgotten where the call fails: an id that stays in its day costs some bytes, and that is all.
    private string[] TakeClosed(int day)
    {
        lock (_lock)
        {
            string[] closed = [.. _closed.Where(reservation => reservation.Day == day).Select(reservation => reservation.Turn)];
            _closed.RemoveAll(reservation => reservation.Day <= day);
            return closed;
        }
    }
}
