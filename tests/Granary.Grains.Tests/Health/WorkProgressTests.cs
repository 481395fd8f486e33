using Granary.Grains.Tests.Fixtures;
using Granary.Health;

namespace Granary.Grains.Tests.Health;

public sealed class WorkProgressTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private readonly WorkProgress _progress;

    public WorkProgressTests() => _progress = new WorkProgress(_time);

    [Fact]
    public void Stalled_without_work_is_never()
    {
        _time.Advance(100 * Second);
        Assert.Equal(TimeSpan.Zero, _progress.Stalled);

        _progress.Enter();
        Assert.Equal(TimeSpan.Zero, _progress.Stalled);
    }

    [Fact]
    public void Stalled_while_work_waits_is_the_time_since_any_was_done()
    {
        _progress.Enter();
        _time.Advance(3 * Second);
        _progress.Enter();
        _time.Advance(Second);
        Assert.Equal(4 * Second, _progress.Stalled);

        _progress.Leave(1, done: true);
        Assert.Equal(TimeSpan.Zero, _progress.Stalled);
        _time.Advance(Second);
        Assert.Equal(Second, _progress.Stalled);
        _progress.Leave(1, done: true);
        Assert.Equal(TimeSpan.Zero, _progress.Stalled);
    }

    [Fact]
    public void Stalled_while_work_fails_counts_from_the_first_failure_until_some_is_done()
    {
        for (var i = 0; i < 5; i++)
        {
            _progress.Enter();
            _progress.Leave(1, done: false);
            _time.Advance(Second);
        }

        Assert.True(_progress.IsFailing);
        Assert.Equal(5 * Second, _progress.Stalled);
        _progress.Enter();
        _progress.Leave(1, done: true);
        Assert.Equal(TimeSpan.Zero, _progress.Stalled);
    }

    [Fact]
    public void Stalled_work_that_was_given_up_says_nothing()
    {
        _progress.Enter();
        _progress.Enter();
        _time.Advance(5 * Second);
        _progress.Leave(1, done: null);
        Assert.Equal(5 * Second, _progress.Stalled);
        Assert.False(_progress.IsFailing);
    }
}
