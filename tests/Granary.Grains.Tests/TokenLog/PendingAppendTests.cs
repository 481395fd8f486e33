using Granary.Grains.Tests.Fixtures;
using Granary.TokenLog;
using Granary.TokenLog.Writing;

namespace Granary.Grains.Tests.TokenLog;

public sealed class PendingAppendTests
{
    private static readonly TurnLease Lease = new(new TurnKey("completion/a", 0), 1);

    [Fact]
    public async Task Wait_cancelled_ends_at_once_and_the_append_may_end_later()
    {
        using var stop = new CancellationTokenSource();
        var append = new PendingAppend(Lease, 0, [1]);
        var wait = append.WaitAsync(stop.Token).AsTask();
        Assert.False(wait.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(TurnReading.Patience));
        append.End();
    }

    [Fact]
    public async Task Wait_for_one_that_was_refused_throws_why()
    {
        var append = new PendingAppend(Lease, 0, [1]);
        append.End(new FencedException(Lease));
        append.End();

        await Assert.ThrowsAsync<FencedException>(async () => await append.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void End_twice_frees_one_place()
    {
        using var room = new SemaphoreSlim(0);
        var append = new PendingAppend(Lease, 0, [1]) { Room = room };

        append.End();
        append.End(new ObjectDisposedException("log"));

        Assert.Equal(1, room.CurrentCount);
    }
}
