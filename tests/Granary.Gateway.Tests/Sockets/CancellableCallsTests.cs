using Granary.Gateway.Sockets;

namespace Granary.Gateway.Tests.Sockets;

public sealed class CancellableCallsTests
{
    [Fact]
    public void TryBegin_takesSoManyAndNoIdTwice()
    {
        var calls = new CancellableCalls(most: 2);

        Assert.True(calls.TryBegin("a", CancellationToken.None, out _));
        Assert.False(calls.TryBegin("a", CancellationToken.None, out _));
        Assert.True(calls.TryBegin("b", CancellationToken.None, out _));
        Assert.False(calls.TryBegin("c", CancellationToken.None, out _));
        calls.End("a");
        Assert.True(calls.TryBegin("c", CancellationToken.None, out _));
    }

    [Fact]
    public void Cancel_cancelsThatOneAlone()
    {
        var calls = new CancellableCalls(most: 2);
        calls.TryBegin("a", CancellationToken.None, out var a);
        calls.TryBegin("b", CancellationToken.None, out var b);

        calls.Cancel("a");
        calls.Cancel("nobody");

        Assert.Equal((true, false), (a.IsCancellationRequested, b.IsCancellationRequested));
    }

    [Fact]
    public async Task Cancel_whileItEnds_harmsNobody()
    {
        const int Rounds = 200_000;
        var calls = new CancellableCalls(most: 1);
        using var step = new Barrier(2);

        var ending = Task.Run(
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    Assert.True(calls.TryBegin("a", CancellationToken.None, out _));
                    step.SignalAndWait(TestContext.Current.CancellationToken);
                    calls.End("a");
                    step.SignalAndWait(TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken);
        var problems = 0;
        for (var i = 0; i < Rounds; i++)
        {
            step.SignalAndWait(TestContext.Current.CancellationToken);
            try
            {
                calls.Cancel("a");
            }
            catch (ObjectDisposedException)
            {
                problems++;
            }

            step.SignalAndWait(TestContext.Current.CancellationToken);
        }

        await ending;
        Assert.Equal(0, problems);
    }
}
