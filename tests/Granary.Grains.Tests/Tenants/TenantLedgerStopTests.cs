using Granary.Serving;
using Granary.Tenants;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests.Tenants;

public sealed class TenantLedgerStopTests
{
    [Fact]
    public async Task Ledger_ofASiloThatHasEnded_asksNobodyAnyMore()
    {
        var client = new SilentClient();
        var ledger = new TenantLedger("t", "silo", client, TimeProvider.System, NullLogger.Instance);
        _ = ledger.SettleAsync(
            new Reservation { Tenant = "t", Turn = "turn", Silo = "silo", At = DateTimeOffset.UtcNow }, new UsageRecord { Turn = "turn", Day = 1, Key = "", Model = "m" });
        await client.AskedTwice.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        ledger.Stop();
        await Task.Delay(300, TestContext.Current.CancellationToken); // a round that runs may end
        var asked = client.Asked;
        await Task.Delay(500, TestContext.Current.CancellationToken);

        Assert.Equal(asked, client.Asked);
    }

    /// <summary>Of a cluster that does not answer.</summary>
    private sealed class SilentClient : ITenantClient
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public TaskCompletionSource AskedTwice { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<LeaseGrant> RenewAsync(LeaseReport report) => throw new TimeoutException();

        public Task<bool> ClaimAsync(Reservation reservation, string silo, long epoch, bool hasEnded) => throw new TimeoutException();

        public Task<bool[]> RecordAsync(IReadOnlyList<UsageRecord> records)
        {
            if (Interlocked.Increment(ref _asked) == 2)
            {
                AskedTwice.SetResult();
            }

            throw new TimeoutException();
        }

        public void Close(Reservation reservation)
        {
        }
    }
}
