using Granary.Errors;
using Granary.Gateway.Following;
using Granary.Gateway.Tests.Scripted;
using Granary.Serving;
using Granary.Sessions;
using Granary.Turns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Granary.Gateway.Tests.Following;

public sealed class TurnFollowerTests
{
    private const int Length = 12;
    private readonly JumpingTime _time = new();
    private readonly TurnFollower _follower;

    public TurnFollowerTests() => _follower = new(new LocalTurnReader(), Options.Create(new GatewayOptions()), _time, NullLogger<TurnFollower>.Instance);

    public static TheoryData<Exception> Passing =>
    [
        new SiloUnavailableException("killed"), new TimeoutException(), new TurnMovedException(), new OperationCanceledException(),
        new GranaryException(ErrorCode.StoreUnavailable, "The store is away."),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Follow_brokenOffBeforeEveryFrame_givesEachOnce(Exception exception)
    {
        var broken = new HashSet<int>();
        var turn = ScriptedTurn.Words(Length);
        (turn.BreaksBefore, turn.Break) = (broken.Add, () => exception);

        var events = await ReadAsync(turn, 0);

        AssertWhole(events, 0);
        Assert.Equal([0, .. Enumerable.Range(0, Length)], turn.Openings);
        Assert.Single(events, item => item.Frame is null);
    }

    [Fact]
    public async Task Follow_fromEveryIndex_givesTheRest()
    {
        for (var next = 0; next < Length; next++)
            AssertWhole(await ReadAsync(ScriptedTurn.Words(Length), next), next);
    }

    [Fact]
    public async Task Follow_whatWasThereBefore_isDropped()
    {
        var frames = ScriptedTurn.Words(Length).Frames;

        AssertWhole(await ReadAsync(new ScriptedTurn([.. frames.Take(5), .. frames.Skip(2)]), 0), 0);
    }

    [Theory]
    [InlineData(0, ErrorCode.Internal)]
    [InlineData(5, ErrorCode.InvalidRequest)]
    public async Task Follow_aHole_isSaid(int nextIndex, ErrorCode code)
    {
        var frames = ScriptedTurn.Words(Length).Frames;

        var failure = await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(new ScriptedTurn([.. frames.Take(5), .. frames.Skip(6)]), nextIndex));

        Assert.Equal(code, failure.Code);
    }

    [Fact]
    public async Task Follow_aTurnThatEndedUnavailable_isNotReadAgain()
    {
        var turn = ScriptedTurn.Words(Length);
        (turn.BreaksBefore, turn.Break) = (record => record == 3, () => new GranaryException(ErrorCode.Unavailable, "No replica was found."));

        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(turn, 0))).Code);

        Assert.Equal([0], turn.Openings);
    }

    [Fact]
    public async Task Follow_withoutProgress_endsUnavailableWhenPatienceDoes()
    {
        var turn = ScriptedTurn.Words(Length);
        turn.BreaksBefore = record => record == 3;
        var before = _time.Now;

        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(turn, 0))).Code);

        Assert.InRange(_time.Now - before, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
        Assert.InRange(turn.Openings.Count, 60, 130); // 25 ms apart at first, then 0.5 to 1 s
    }

    [Fact]
    public async Task Follow_quietForLongBetweenBreaks_goesOn()
    {
        var breaks = 0;
        var turn = ScriptedTurn.Words(Length);
        turn.BreaksBefore = record =>
        {
            if (record != 3 || breaks++ >= 4)
                return false;
            _time.Advance(TimeSpan.FromSeconds(90)); // it waited in a queue before its silo died
            return true;
        };

        AssertWhole(await ReadAsync(turn, 0), 0);
    }

    [Fact]
    public async Task Follow_aCompletionBrokenOffBeforeEveryRecord_givesEachOnce()
    {
        var broken = new HashSet<int>();
        var turn = ScriptedTurn.Words(Length);
        turn.BreaksBefore = broken.Add;
        var completion = new ScriptedCompletion(turn);
        await completion.StartAsync("m", new GenerateRequest { RequestId = "c" });

        var records = new List<int>();
        await foreach (var item in _follower.FollowAsync(new ScriptedGrains { Completion = completion }.Reached, choices: 1, TestContext.Current.CancellationToken))
        {
            if (item.Frame is not null)
                records.Add(item.Record);
        }

        Assert.Equal(Enumerable.Range(0, Length), records);
    }

    [Fact]
    public async Task Call_whoseAnswerIsLost_isRepeated()
    {
        var session = new ScriptedSession("s", ScriptedTurn.Words(Length)) { LostAnswers = 3 };
        var message = new SendMessage { Text = "Hello", MessageId = "m" };

        await _follower.CallAsync(() => session.SendAsync(message), TestContext.Current.CancellationToken);

        Assert.Equal(["m", "m", "m", "m"], session.Sent.Select(sent => sent.MessageId));
    }

    [Theory]
    [InlineData(ErrorCode.SessionBusy)]
    [InlineData(ErrorCode.StoreUnavailable)]
    [InlineData(ErrorCode.Unavailable)]
    public async Task Call_refused_isNotRepeated(ErrorCode code)
    {
        var calls = 0;
        Task<int> Refuse()
        {
            calls++;
            throw new GranaryException(code, "no");
        }

        Assert.Equal(code, (await Assert.ThrowsAsync<GranaryException>(() => _follower.CallAsync(Refuse, TestContext.Current.CancellationToken))).Code);

        Assert.Equal(1, calls);
    }

    private async Task<List<TurnEvent>> ReadAsync(ScriptedTurn turn, int nextIndex)
    {
        var events = new List<TurnEvent>();
        await foreach (var item in _follower.FollowAsync(StandIn.For<ISessionGrain>(new ScriptedSession("s", turn)), 0, nextIndex, TestContext.Current.CancellationToken))
            events.Add(item);
        return events;
    }

    private static void AssertWhole(IEnumerable<TurnEvent> events, int from) =>
        Assert.Equal(Enumerable.Range(from, Length - from), events.Where(item => item.Frame is not null).SelectMany(item => item.Frame!.Tokens));
}
