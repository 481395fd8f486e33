using Granary.Grains.Tests.Fixtures;
using Granary.Tenants;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests.Tenants;

public sealed class TenantLedgerTests
{
    [Fact]
    public async Task Settle_ofMoreThanOneMessageHolds_recordsThemAFewAtATime()
    {
        var client = new RecordingClient();
        var ledger = new TenantLedger("t", "silo", client, TimeProvider.System, NullLogger.Instance);

        await Task.WhenAll(Enumerable.Range(0, 1234).Select(i => ledger.SettleAsync(
            new Reservation { Tenant = "t", Turn = $"turn-{i}", Silo = "silo", At = DateTimeOffset.UtcNow }, new UsageRecord { Turn = $"turn-{i}", Day = 1, Key = "", Model = "m" })))
            .WaitAsync(TurnReading.Patience, TestContext.Current.CancellationToken);

        Assert.All(client.Sizes, size => Assert.InRange(size, 1, 500));
        Assert.Equal(1234, client.Turns.Distinct().Count());
        ledger.Stop();
    }

    /// <summary>Of a cluster that takes all.</summary>
    private sealed class RecordingClient : ITenantClient
    {
        public List<int> Sizes { get; } = [];

        public List<string> Turns { get; } = [];

        public Task<LeaseGrant> RenewAsync(LeaseReport report) =>
            Task.FromResult(new LeaseGrant { Limits = new TenantLimits(), ValidFor = TenantBook.Validity, Now = DateTimeOffset.UtcNow });

        public Task<bool> ClaimAsync(Reservation reservation, string silo, long epoch, bool hasEnded) => Task.FromResult(true);

        public Task<bool[]> RecordAsync(IReadOnlyList<UsageRecord> records)
        {
            Sizes.Add(records.Count);
            Turns.AddRange(records.Select(record => record.Turn));
            return Task.FromResult(records.Select(_ => true).ToArray());
        }

        public void Close(Reservation reservation)
        {
        }
    }
}
