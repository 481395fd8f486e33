using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Serving;
using Granary.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests.Turns;

public sealed class SurvivingGenerationTests
{
    private readonly FakeRouter _router = new();
    private readonly ManualTime _time = new();
    private readonly FailoverOptions _options = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task Read_undisturbed_gives_the_replica_and_its_frames()
    {
        var reading = ReadAsync();

        (await _router.NextAsync()).Accept("a").Give(0).Beat().Give(1, 2, FinishReason.Stop);

        Assert.Equal("[a] w0 w1 w2 ", await reading);
    }

    [Fact]
    public async Task Read_replica_dies_another_is_told_what_there_is_and_goes_on()
    {
        var reading = ReadAsync();
        (await _router.NextAsync()).Accept("a").Give(0, 3).Fail(new SiloUnavailableException("gone"));

        var second = await _router.NextAsync();
        second.Accept("b").Give(3, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 w1 w2 [b] w3 ", await reading);
        Assert.Equal("a", second.Avoid);
        Assert.Equal([0, 1, 2], second.Request.Resumed!.Single().Tokens);
        Assert.Null(second.Request.MoveFrom);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_replica_whose_runtime_ends_is_left_for_another(bool isTranslated)
    {
        var reading = ReadAsync();
        var cancelled = new OperationCanceledException();
        (await _router.NextAsync()).Accept("a").Give(0).Fail(isTranslated ? GrainErrors.Translate(cancelled) : cancelled);

        (await _router.NextAsync()).Accept("b").Give(1, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 [b] w1 ", await reading);
    }

    [Fact]
    public async Task Read_one_replica_after_the_other_is_silent_each_is_waited_for_longer()
    {
        var reading = ReadAsync();
        _ = await _router.NextAsync();
        var second = await WhileTimePassesAsync(_router.NextAsync());
        var begin = _time.GetTimestamp();
        var third = await WhileTimePassesAsync(_router.NextAsync());
        Assert.InRange(_time.GetElapsedTime(begin), 1.5 * _options.StallAfter, 3 * _options.StallAfter);

        third.Accept("c").Give(0, 1, FinishReason.Stop);

        Assert.Equal("[c] w0 ", await reading);
        await second.Left.Task.WaitAsync(TurnReading.Patience);
    }

    [Fact]
    public async Task Read_replica_falls_silent_it_is_left_after_the_stall_time()
    {
        var reading = ReadAsync();
        var first = (await _router.NextAsync()).Accept("a").Give(0);
        var second = await WhileTimePassesAsync(_router.NextAsync());

        second.Accept("b").Give(1, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 [b] w1 ", await reading);
        await first.Left.Task.WaitAsync(TurnReading.Patience);
    }

    [Fact]
    public async Task Read_heartbeats_keep_a_slow_replica()
    {
        var reading = ReadAsync();
        var replica = (await _router.NextAsync()).Accept("a");
        for (var i = 0; i < 20; i++)
        {
            replica.Beat();
            await Waiting.UntilAsync(() => replica.Unread == 0);
            _time.Advance(_options.StallAfter / 4);
        }

        replica.Give(0, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 ", await reading);
    }

    [Fact]
    public async Task Read_leaving_replica_falls_silent_its_successor_does_not_keep_it()
    {
        var reading = ReadAsync();
        var first = (await _router.NextAsync()).Accept("a").Give(0).Beat(leaving: true);
        var successor = (await _router.NextAsync()).Accept("b");
        for (var i = 0; i < 40 && !successor.Left.Task.IsCompleted; i++)
        {
            successor.Beat();
            await Waiting.UntilAsync(() => successor.Unread == 0 || successor.Left.Task.IsCompleted);
            _time.Advance(_options.StallAfter / 4);
        }

        await successor.Left.Task.WaitAsync(TurnReading.Patience);
        (await WhileTimePassesAsync(_router.NextAsync())).Accept("c").Give(1, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 [c] w1 ", await reading);
        await first.Left.Task.WaitAsync(TurnReading.Patience);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    public async Task Read_frame_with_a_hole_or_an_overlap_is_not_shown(int first)
    {
        var reading = ReadAsync();
        (await _router.NextAsync()).Accept("a").Give(0, 2).Give(first);

        (await _router.NextAsync()).Accept("b").Give(2, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 w1 [b] w2 ", await reading);
    }

    [Fact]
    public async Task Read_leaving_replica_hands_over_and_the_successor_goes_on_after_its_last_token()
    {
        var reading = ReadAsync();
        var first = (await _router.NextAsync()).Accept("a").Give(0, 2).Beat(leaving: true);
        var second = await _router.NextAsync();
        second.Accept("b").Beat();
        first.Give(2).Give(3, 1, FinishReason.Moved);
        second.Give(4, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 w1 w2 w3 [b] w4 ", await reading);
        Assert.Equal("a", second.Request.MoveFrom);
        Assert.Equal("a", second.Avoid);
    }

    [Fact]
    public async Task Read_successor_that_fails_leaves_the_generation_where_it_is()
    {
        var reading = ReadAsync();
        var first = (await _router.NextAsync()).Accept("a").Give(0).Beat(leaving: true);
        (await _router.NextAsync()).Fail(new GranaryException(ErrorCode.Overloaded, "full"));
        first.Give(1, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 w1 ", await reading);
    }

    [Fact]
    public async Task Read_only_the_leaving_replica_is_left_it_stays_there()
    {
        var reading = ReadAsync();
        var first = (await _router.NextAsync()).Accept("a").Give(0).Beat(leaving: true);
        var same = (await _router.NextAsync()).Accept("a");
        await same.Left.Task.WaitAsync(TurnReading.Patience);
        first.Give(1, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 w1 ", await reading);
    }

    [Fact]
    public async Task Read_successor_that_generates_beside_the_old_one_is_not_mixed_in()
    {
        var reading = ReadAsync();
        var first = (await _router.NextAsync()).Accept("a").Give(0, 2).Beat(leaving: true);
        var beside = await _router.NextAsync();
        beside.Accept("b").Give(2);
        first.Give(2).Give(3);

        var third = await WhileTimePassesAsync(_router.NextAsync());
        third.Accept("b").Give(third.Request.Resumed!.Single().Tokens.Length, 1, FinishReason.Stop);

        Assert.Matches(@"^\[a\] w0 w1 w2 (w3 )?\[b\] w\d $", await reading);
        await beside.Left.Task.WaitAsync(TurnReading.Patience);
        await first.Left.Task.WaitAsync(TurnReading.Patience);
    }

    [Theory]
    [InlineData(ErrorCode.ContextLengthExceeded)]
    [InlineData(ErrorCode.InvalidRequest)]
    [InlineData(ErrorCode.Overloaded)]
    [InlineData(ErrorCode.ModelNotFound)]
    public async Task Read_refused_before_the_first_token_throws_what_the_replica_says(ErrorCode code)
    {
        var reading = ReadAsync();
        (await _router.NextAsync()).Fail(new GranaryException(code, "no"));

        await reading.RefusesAsync(code);
    }

    [Theory]
    [InlineData(ErrorCode.Overloaded)] // full queues
    [InlineData(ErrorCode.ModelNotFound)] // the only replica died, and its model has no other place yet
    public async Task Read_refused_after_the_first_token_waits(ErrorCode code)
    {
        var reading = ReadAsync();
        (await _router.NextAsync()).Accept("a").Give(0).Fail(new SiloUnavailableException("gone"));
        (await _router.NextAsync()).Fail(new GranaryException(code, "no"));
        var third = await WhileTimePassesAsync(_router.NextAsync());

        third.Accept("c").Give(1, 1, FinishReason.Stop);

        Assert.Equal("[a] w0 [c] w1 ", await reading);
    }

    [Fact]
    public async Task Read_no_replica_within_the_patience_gives_up()
    {
        _options.GiveUpAfter = TimeSpan.FromSeconds(5);
        var reading = ReadAsync();
        (await _router.NextAsync()).Accept("a").Give(0).Fail(new SiloUnavailableException("gone"));
        var refusing = RefuseAllAsync();
        await WhileTimePassesAsync(Task.WhenAny(reading, refusing));

        await reading.RefusesAsync(ErrorCode.Unavailable);
    }

    [Fact]
    public async Task Read_broken_device_is_tried_once_elsewhere()
    {
        var reading = ReadAsync();
        (await _router.NextAsync()).Accept("a").Give(0).Fail(new InvalidOperationException("on fire"));
        (await _router.NextAsync()).Accept("b").Fail(new InvalidOperationException("on fire"));

        await reading.RefusesAsync(ErrorCode.Internal);
    }

    [Fact]
    public async Task Read_cancelled_while_the_replica_is_silent_ends_at_once()
    {
        var reading = ReadAsync();
        var replica = (await _router.NextAsync()).Accept("a").Give(0);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await replica.Left.Task.WaitAsync(TurnReading.Patience);
    }

    private Task<string> ReadAsync() => ReadAllAsync().WaitAsync(TurnReading.Patience);

    private async Task<string> ReadAllAsync()
    {
        var generation = new SurvivingGeneration(
            _router, "m", new GenerateRequest { RequestId = "r", Prompts = [new RawPrompt("p")] }, new GenerationProgress(1, []), _options, _time, NullLogger.Instance);
        var text = "";
        await foreach (var output in generation.ReadAsync(_stop.Token))
        {
            text += output.Replica is { } replica ? $"[{replica.ShardKey}] " : output.Frame!.Text;
        }

        return text;
    }

    private async Task RefuseAllAsync()
    {
        while (true)
        {
            (await _router.NextAsync()).Fail(new GranaryException(ErrorCode.Unavailable, "none"));
        }
    }

    /// <summary>Lets the clock run, a tenth of a second at a time, until the task has ended.</summary>
    private async Task<T> WhileTimePassesAsync<T>(Task<T> task)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!task.IsCompleted)
        {
            await timer.WaitForNextTickAsync();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        return await task;
    }
}
