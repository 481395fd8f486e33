using Granary.Grains.Tests.Fixtures;
using Granary.Turns;

namespace Granary.Grains.Tests.Turns;

public sealed class StallWatchTests
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(1);
    private readonly ManualTime _time = new();
    private int _told;

    [Fact]
    public void Stalled_after_the_whole_time_ends()
    {
        using var watch = Watch();
        watch.Arm(After);

        Pass(After / 4, times: 3);
        Assert.False(watch.HasStalled);

        Pass(After / 4, times: 1);
        Assert.True(watch.HasStalled);
    }

    [Fact]
    public void Stalled_of_a_process_that_stood_still_does_not_end_when_it_goes_on()
    {
        using var watch = Watch();
        watch.Arm(After);

        Pass(TimeSpan.FromSeconds(30), times: 1);
        Assert.False(watch.HasStalled);

        Pass(After / 4, times: 3);
        Assert.True(watch.HasStalled);
    }

    [Fact]
    public void Stalled_disarmed_or_armed_again_does_not_end_early()
    {
        using var watch = Watch();
        watch.Arm(After);
        Pass(After / 4, times: 3);
        watch.Disarm();
        Pass(After, times: 5);
        watch.Arm(2 * After);

        Pass(After / 4, times: 7);
        Assert.False(watch.HasStalled);
    }

    [Fact]
    public void Stalled_armed_again_and_again_is_told_once_and_at_the_time()
    {
        using var watch = Watch();
        for (var i = 0; i < 100; i++)
        {
            watch.Arm(After);
            Pass(After / 10, times: 1);
            watch.Disarm();
        }

        watch.Arm(After);
        var begin = _time.GetTimestamp();
        while (!watch.HasStalled)
        {
            watch.Arm(After); // already
            Pass(After / 1000, times: 1);
        }

        Assert.InRange(_time.GetElapsedTime(begin), After, After + (After / 100));
        Assert.Equal(1, _told);
    }

    [Fact]
    public void Arm_and_disarm_for_each_of_many_tokens_leave_the_timer_alone()
    {
        using var watch = Watch();
        var before = _time.TimerChanges;

        for (var i = 0; i < 1000; i++)
        {
            watch.Arm(After);
            watch.Disarm();
        }

        Assert.Equal(1, _time.TimerChanges - before);
    }

    private StallWatch Watch() => new(_time, () => _told++);

    private void Pass(TimeSpan time, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _time.Advance(time);
        }
    }
}
