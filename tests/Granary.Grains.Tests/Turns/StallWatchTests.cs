using Granary.Grains.Tests.Fixtures;
using Granary.Turns;

namespace Granary.Grains.Tests.Turns;

public sealed class StallWatchTests
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(1);
    private readonly ManualTime _time = new();

    [Fact]
    public void Stalled_after_the_whole_time_ends()
    {
        using var watch = new StallWatch(_time, CancellationToken.None);
        watch.Arm(After);

        Pass(After / 4, times: 3);
        Assert.False(watch.Stalled.IsCompleted);

        Pass(After / 4, times: 1);
        Assert.True(watch.Stalled.IsCompleted);
    }

    [Fact]
    public void Stalled_of_a_process_that_stood_still_does_not_end_when_it_goes_on()
    {
        using var watch = new StallWatch(_time, CancellationToken.None);
        watch.Arm(After);

        Pass(TimeSpan.FromSeconds(30), times: 1);
        Assert.False(watch.Stalled.IsCompleted);

        Pass(After / 4, times: 3);
        Assert.True(watch.Stalled.IsCompleted);
    }

    [Fact]
    public void Stalled_disarmed_or_armed_again_does_not_end_early()
    {
        using var watch = new StallWatch(_time, CancellationToken.None);
        watch.Arm(After);
        Pass(After / 4, times: 3);
        watch.Disarm();
        Pass(After, times: 5);
        watch.Arm(2 * After);

        Pass(After / 4, times: 7);
        Assert.False(watch.Stalled.IsCompleted);
    }

    [Fact]
    public void Stalled_ends_at_the_cancellation()
    {
        using var stop = new CancellationTokenSource();
        using var watch = new StallWatch(_time, stop.Token);
        watch.Arm(After);

        stop.Cancel();

        Assert.True(watch.Stalled.IsCompleted);
    }

    private void Pass(TimeSpan time, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _time.Advance(time);
        }
    }
}
