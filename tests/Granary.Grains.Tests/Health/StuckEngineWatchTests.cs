using Granary.Clustering;
using Granary.Grains.Tests.Fixtures;
using Granary.Health;
using Granary.Shards;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Granary.Grains.Tests.Health;

public sealed class StuckEngineWatchTests
{
    private readonly FastTime _time = new();
    private readonly Serving _serving = new();
    private readonly Leaving _leaving = new();
    private readonly ProcessEnding _end = new();

    [Fact]
    public async Task Watch_engine_that_stays_stuck_makes_the_silo_leave_and_the_process_end()
    {
        using var watch = Start(TimeSpan.FromSeconds(30));
        _serving.State = "stuck";

        await _leaving.Begun.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await _end.Ended.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.True(_time.Elapsed >= TimeSpan.FromSeconds(30));
        Assert.Equal(StuckEngineWatch.ExitCode, _end.ExitCode);
    }

    [Fact]
    public async Task Watch_engine_that_gets_on_in_time_stays()
    {
        using var watch = Start(TimeSpan.FromDays(1));
        _serving.State = "stuck";
        await _serving.AskedAsync(20);
        _serving.State = "ready";
        await _serving.AskedAsync(1);
        _serving.State = "stuck";
        await _serving.AskedAsync(20);

        Assert.False(_leaving.Begun.Task.IsCompleted);
        await watch.StopAsync(CancellationToken.None);
    }

    private StuckEngineWatch Start(TimeSpan leaveAfter)
    {
        var watch = new StuckEngineWatch(_serving, _leaving, _end, Options.Create(new HealthOptions { LeaveAfter = leaveAfter }), _time, NullLogger<StuckEngineWatch>.Instance);
        _ = watch.StartAsync(CancellationToken.None);
        return watch;
    }

    /// <summary>A clock that is a thousand times as fast.</summary>
    private sealed class FastTime : TimeProvider
    {
        private const int Factor = 1000;

        private readonly long _start = System.GetTimestamp();

        public TimeSpan Elapsed => System.GetElapsedTime(_start) * Factor;

        public override long TimestampFrequency => System.TimestampFrequency / Factor;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Scaled(dueTime), Scaled(period));

        private static TimeSpan Scaled(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Factor;
    }

    private sealed class Serving : IModelServing
    {
        private readonly SemaphoreSlim _asked = new(0);

        public string State { get; set; } = "ready";

        public bool IsReady => State == "ready";

        public IReadOnlyDictionary<string, string> Models
        {
            get
            {
                _asked.Release();
                return new Dictionary<string, string> { ["m"] = State };
            }
        }

        /// <summary>Ends when it was asked this often from now on, once more at least.</summary>
        public async Task AskedAsync(int times)
        {
            while (await _asked.WaitAsync(0))
            {
            }

            for (var i = 0; i <= times; i++)
            {
                await _asked.WaitAsync();
            }
        }
    }

    private sealed class Leaving : ISiloDrain
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsLeaving => Begun.Task.IsCompleted;

        public bool IsDraining => IsLeaving;

        public bool SendsAway => false;

        public void Begin() => Begun.TrySetResult();
    }

    private sealed class ProcessEnding : IProcessEnd
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int ExitCode { get; private set; }

        public void SetExitCode(int exitCode) => ExitCode = exitCode;

        public void End() => Ended.TrySetResult();
    }
}
