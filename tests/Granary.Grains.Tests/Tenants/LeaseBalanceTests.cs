using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Tenants;

namespace Granary.Grains.Tests.Tenants;

/// <summary>Silos' sides of leases, and the book that gives them, without messages.</summary>
public sealed class LeaseBalanceTests
{
    private static readonly TenantLimits Limits = new() { TokensPerDay = 1000 };

    private readonly ManualTime _time = new();
    private readonly TenantState _state = new();
    private readonly TenantBook _book;

    public LeaseBalanceTests() => _book = new TenantBook(_state, TimeSpan.FromSeconds(30));

    [Fact]
    public void Refund_ofATurnThatWasAdmittedJustBeforeLimitsWereCleared_givesBackNothing()
    {
        var silo = new LeaseBalance("silo", _time);
        Renew(silo, Limits, [100, 200]);
        var told = silo.Take("t", "", "told", 100);
        Renew(silo, Limits);
        var untold = silo.Take("t", "", "untold", 200);
        _state.Leases.Clear(); // what the grain does
        Renew(silo, new TenantLimits());

        Renew(silo, Limits);
        silo.Refund(silo.Remove("told")!, 40);
        silo.Refund(silo.Remove("untold")!, 50);
        Renew(silo, Limits);

        Assert.Equal((told.Tokens, untold.Tokens), (100, 200));
        Assert.Equal(40, _state.DayTokens);
    }

    [Fact]
    public void Refund_ofATurnThatAnotherSiloAdmitted_isGivenBackByTheOneWhereItEnds()
    {
        var (first, heir) = (new LeaseBalance("first", _time), new LeaseBalance("heir", _time));
        Renew(first, Limits, [100]);
        Renew(heir, Limits);
        var reservation = first.Take("t", "", "turn", 100);
        Assert.True(_book.Claim(reservation, "heir", heir.Epoch, hasEnded: false, Limits, Now()));
        Assert.Equal(100, _state.DayTokens);

        heir.Add(reservation, heir.Epoch);
        heir.Refund(heir.Remove("turn")!, 40);
        Renew(heir, Limits);
        Renew(first, Limits);

        Assert.Equal(40, _state.DayTokens);
    }

    [Theory]
    [InlineData(50, ErrorCode.InsufficientQuota, true)] // the day ends after the minute
    [InlineData(1500, ErrorCode.InsufficientQuota, false)] // of a day there never are so many
    [InlineData(600, ErrorCode.RateLimitExceeded, false)] // nor of a minute
    public void Exhausted_ofWhoLacksSeveralKinds_speaksOfTheOneThatHasRoomLast(long tokens, ErrorCode code, bool ends)
    {
        var limits = new TenantLimits { RequestsPerMinute = 1, TokensPerMinute = tokens > 1000 ? null : 500, TokensPerDay = 1000 };
        var silo = new LeaseBalance("silo", _time);
        _state.DayTokens = 980;
        _state.Day = Quota.DayOf(_time.GetUtcNow());
        Renew(silo, limits, [20]);
        silo.Take("t", "", "turn", 20);
        Renew(silo, limits, [tokens]);

        var refusal = Refusals.Exhausted(silo, silo.LacksLongest(tokens, anywhere: true)!.Value, tokens);

        Assert.Equal(code, refusal.Code);
        Assert.Equal(ends ? Quota.DayEndsIn(_time.GetUtcNow()) : null, refusal.Limits!.RetryAfter);
    }

    private void Renew(LeaseBalance silo, TenantLimits limits, long[]? waiting = null) =>
        silo.Answered(_book.Renew(silo.Report(waiting ?? [], 1, []), limits, Now()), _time.GetTimestamp());

    private DateTimeOffset Now() => _book.Advance(_time.GetUtcNow(), new HashSet<string> { "silo", "first", "heir" });
}
