using Granary.Grains.Tests.Fixtures;
using Granary.Tenants;

namespace Granary.Grains.Tests.Tenants;

/// <summary>Silos and their tenant without a cluster: every message can be lost, every silo can die, what it ran may go on late or prove to have ended, limits may fall and rise, and the clock is the test's.</summary>
public sealed class LeaseSimulationTests
{
    private static readonly TimeSpan ReturnAfter = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Admissions_ofSilosThatDieAndLoseMessages_neverExceedAnyLimit(int seed)
    {
        var run = new Run(seed, changes: 0);
        for (var i = 0; i < 30_000; i++)
        {
            run.Step();
        }

        Assert.True(run.Admitted.Count > 1000, $"{run.Admitted.Count}");
        run.Check();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Admissions_whileLimitsFallAndRise_neverExceedThoseOfTheLastSecond(int seed)
    {
        var run = new Run(seed, changes: 4);
        for (var i = 0; i < 30_000; i++)
        {
            run.Step();
        }

        Assert.True(run.Admitted.Count > 200, $"{run.Admitted.Count}");
        run.Check();
    }

    /// <param name="seed">Of all that happens by chance.</param>
    /// <param name="changes">Changes of the limits in a thousand steps.</param>
    private sealed class Run(int seed, int changes)
    {
        private static readonly TenantLimits Most = new() { RequestsPerMinute = 300, TokensPerMinute = 20_000, TokensPerDay = 400_000, ConcurrentStreams = 12 };

        private readonly List<(DateTimeOffset Since, TenantLimits Limits)> _limits = [(DateTimeOffset.MinValue, Most)];
        private readonly Random _random = new(seed);
        private readonly ManualTime _time = new();
        private readonly TenantState _state = new();
        private readonly List<Silo> _silos = [];
        private readonly List<Lost> _lost = [];
        private TenantBook? _book;
        private int _names;

        public List<(DateTimeOffset At, Reservation Reservation, long Used)> Admitted { get; } = [];

        private TenantLimits Limits => _limits[^1].Limits;

        public void Step()
        {
            _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 60)));
            while (_silos.Count < 3)
            {
                var name = $"silo-{_names++}";
                _silos.Add(new Silo(name, new LeaseBalance(name, _time)));
            }

            foreach (var lost in _lost.Where(lost => lost.FoundAt <= _time.GetUtcNow()).ToArray())
            {
                TakeUp(lost, _silos[_random.Next(3)]);
            }

            var silo = _silos[_random.Next(3)];
            switch (_random.Next(1000))
            {
                case 0: Kill(silo); break;
                case 1: _book = null; break; // another activation, from what is stored
                case var change when change < 2 + changes: ChangeLimits(); break;
                case < 250: Report(silo); break;
                case < 600: End(silo); break;
                default: Admit(silo, _random.Next(20, 500)); break;
            }
        }

        public void Check()
        {
            var ofDay = new Dictionary<int, long>();
            for (int first = 0, last = 0; last < Admitted.Count; last++)
            {
                var (at, reservation, used) = Admitted[last];
                ofDay[reservation.Day] = ofDay.GetValueOrDefault(reservation.Day) + used;
                Assert.InRange(ofDay[reservation.Day], 0, Limit(QuotaKind.DayTokens, at));
                while (Admitted[last].At - Admitted[first].At >= TimeSpan.FromSeconds(60))
                {
                    first++;
                }

                var span = Admitted[first..(last + 1)];
                Assert.InRange(span.Count, 0, Limit(QuotaKind.Requests, at));
                Assert.InRange(span.Sum(turn => turn.Used), 0, Limit(QuotaKind.Tokens, at));
            }
        }

        /// <summary>The highest limit by which a silo may still have acted.</summary>
        private long Limit(QuotaKind kind, DateTimeOffset at)
        {
            var last = _limits.FindLastIndex(change => change.Since <= at);
            var first = _limits.FindLastIndex(last, change => change.Since <= at - TenantBook.Validity);
            return _limits[first..(last + 1)].Max(change => change.Limits[kind]!.Value);
        }

        private void ChangeLimits() => _limits.Add((_time.GetUtcNow(), Most with
        {
            RequestsPerMinute = Any(Most.RequestsPerMinute!.Value),
            TokensPerMinute = Any(Most.TokensPerMinute!.Value),
            TokensPerDay = _random.Next(4) == 0 ? Any(Most.TokensPerDay!.Value) : Most.TokensPerDay,
            ConcurrentStreams = Any(Most.ConcurrentStreams!.Value),
        }));

        private long Any(long most) => _random.Next(4) == 0 ? 0 : _random.NextInt64(most + 1);

        private void Admit(Silo silo, long tokens)
        {
            if (!silo.Balance.IsValid || silo.Balance.Lacks(tokens))
            {
                silo.Waiting = tokens;
                return;
            }

            var reservation = silo.Balance.Take("t", "", $"turn-{Admitted.Count}", tokens);
            silo.Turns.Add(Admitted.Count);
            Admitted.Add((_time.GetUtcNow(), reservation, tokens));
            if (_random.Next(10) == 0 && !silo.Balance.Lacks(tokens))
            {
                silo.Balance.GiveBack(silo.Balance.Take("t", "", reservation.Turn + "-again", tokens)); // it had begun elsewhere
            }

            Assert.InRange(_silos.Sum(each => each.Turns.Count), 0, Limit(QuotaKind.Streams, _time.GetUtcNow()));
        }

        private void End(Silo silo)
        {
            if (silo.Turns.Count == 0)
            {
                return;
            }

            var place = silo.Turns[0];
            silo.Turns.RemoveAt(0);
            var (at, reservation, tokens) = Admitted[place];
            var used = _random.NextInt64(1, tokens + 1);
            Admitted[place] = (at, reservation, used);
            silo.Balance.Refund(silo.Balance.Remove(reservation.Turn) ?? reservation, used);
        }

        private void Report(Silo silo)
        {
            var askedAt = _time.GetTimestamp();
            var report = silo.Balance.Report(silo.Waiting > 0 ? [silo.Waiting] : [], 2, []);
            silo.Waiting = 0;
            if (_random.Next(10) == 0)
            {
                return; // lost on the way
            }

            var grant = Book().Renew(report, Limits, Advance());
            _time.Advance(TimeSpan.FromMilliseconds(_random.Next(0, 20)));
            if (_random.Next(10) != 0)
            {
                silo.Balance.Answered(grant, askedAt);
            }
        }

        /// <summary>Its turns wait for others to find them, some for longer than its lease is held; some of them had ended.</summary>
        private void Kill(Silo dead)
        {
            _silos.Remove(dead);
            _lost.AddRange(dead.Turns.Select(place => new Lost(place, _time.GetUtcNow() + TimeSpan.FromSeconds(_random.Next(1, 90)), _random.Next(2) == 0)));
        }

        private void TakeUp(Lost lost, Silo heir)
        {
            var (_, reservation, tokens) = Admitted[lost.Place];
            if (heir.Balance.Epoch == 0 || !Claim(reservation, heir, lost.HasEnded))
            {
                return;
            }

            if (_random.Next(4) == 0)
            {
                Assert.True(Claim(reservation, heir, lost.HasEnded)); // the first answer did not arrive
            }

            _lost.Remove(lost);
            heir.Balance.Add(reservation, heir.Balance.Epoch);
            if (lost.HasEnded)
            {
                heir.Balance.Refund(heir.Balance.Remove(reservation.Turn)!, tokens);
            }
            else
            {
                heir.Turns.Add(lost.Place);
            }
        }

        private bool Claim(Reservation reservation, Silo heir, bool hasEnded)
        {
            return Book().Claim(reservation, heir.Name, heir.Balance.Epoch, hasEnded, Limits, Advance());
        }

        private DateTimeOffset Advance()
        {
            var now = Book().Advance(_time.GetUtcNow(), _silos.Select(silo => silo.Name).ToHashSet());
            if (Book().HasDue(now))
            {
                Book().Return([.. _lost.Select(lost => lost.Place).Concat(_silos.SelectMany(silo => silo.Turns)).Select(place => Admitted[place].Reservation)], now);
            }

            return now;
        }

        private TenantBook Book() => _book ??= new TenantBook(_state, ReturnAfter);
    }

    private sealed record Lost(int Place, DateTimeOffset FoundAt, bool HasEnded);

    private sealed record Silo(string Name, LeaseBalance Balance)
    {
        public List<int> Turns { get; } = [];

        public long Waiting { get; set; }
    }
}
