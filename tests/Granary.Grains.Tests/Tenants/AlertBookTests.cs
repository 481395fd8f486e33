using Granary.Tenants;

namespace Granary.Grains.Tests.Tenants;

public sealed class AlertBookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly TenantState _state = new() { Day = Quota.DayOf(Now), Month = Quota.MonthOf(Now), Alerts = { Webhook = new() { Url = "https://example.com", Secret = [1] } } };

    private AlertBook Book => new(_state);

    [Fact]
    public void Raise_asTokensAreUsed_tellsEachPartOfEachLimitOnce()
    {
        var limits = new TenantLimits { TokensPerDay = 100, TokensPerMonth = 1000 };

        Assert.Equal("", Raised(limits, 49));
        Assert.Equal("day 50 of 2026-11-26", Raised(limits, 50));
        Assert.Equal("", Raised(limits, 79));
        Assert.Equal("day 80 of 2026-11-26, day 100 of 2026-11-26", Raised(limits, 100));
        Assert.Equal("", Raised(limits, 70)); // refunded
        Assert.Equal("", Raised(limits, 100));
        _state.MonthTokens = 800;
        Assert.Equal("month 50 of 2026-11, month 80 of 2026-11", Raised(limits, 100));
    }

    [Fact]
    public void Raise_ofWhatTurnsHaveReserved_tellsNothingUntilTheyHaveUsedIt()
    {
        var limits = new TenantLimits { TokensPerDay = 100 };
        var lease = new LeaseRecord();
        _state.Leases.Add(lease);

        lease.Reserved[(int)QuotaKind.DayTokens] = 90;
        Assert.Equal("", Raised(limits, 100));
        lease.Reserved[(int)QuotaKind.DayTokens] = 0;
        Assert.Equal("day 50 of 2026-11-26", Raised(limits, 60)); // 40 came back
    }

    [Fact]
    public void Raise_ofTheNextDay_beginsAnew()
    {
        var limits = new TenantLimits { TokensPerDay = 100 };
        Raised(limits, 100);
        _state.Day++;

        Assert.Equal("", Raised(limits, 0));
        Assert.Equal("day 50 of 2026-11-27", Raised(limits, 60));
    }

    [Theory]
    [InlineData(1000, 100, "")]
    [InlineData(1000, 500, "day 50 of 2026-11-26")]
    [InlineData(60, 50, "day 80 of 2026-11-26")]
    public void Raise_afterTheLimitWasChanged_tellsWhatIsNew(long limit, long used, string expected)
    {
        Assert.Equal("day 50 of 2026-11-26", Raised(new() { TokensPerDay = 100 }, 50));

        Raised(new() { TokensPerDay = limit }, 50, keep: true);
        Assert.Equal(expected, Raised(new() { TokensPerDay = limit }, used));
    }

    [Fact]
    public void Raise_withoutAWebhook_tellsNothing()
    {
        Book.SetWebhook(null);

        Assert.Equal("", Raised(new() { TokensPerDay = 100 }, 100));
    }

    [Fact]
    public void Failed_keepsTheAlertForItsNextAttempt_andGivesItUpInTheEnd()
    {
        Raised(new() { TokensPerDay = 100 }, 50, keep: true);
        var alert = Book.Due(Now)!;

        Book.Failed(alert, "away", Now.AddSeconds(5));
        Assert.Null(Book.Due(Now));
        var again = Book.Due(Now.AddSeconds(5))!;
        Assert.Equal((alert.Id, 1, "away"), (again.Id, again.Failures, Book.Status!.Failure));
        Book.Failed(again, "away", null);
        Assert.Equal(0, Book.Status!.Waiting);
    }

    private string Raised(TenantLimits limits, long dayTokens, bool keep = false)
    {
        _state.DayTokens = dayTokens;
        Book.Raise(limits, Now);
        var raised = string.Join(", ", _state.Alerts.Waiting.Select(alert => $"{(alert.Kind == QuotaKind.DayTokens ? "day" : "month")} {alert.Percent} of {alert.Period}"));
        if (!keep)
            _state.Alerts.Waiting.Clear();
        return raised;
    }
}
