using Granary.Errors;
using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Tests.Following;
using Granary.Gateway.Tests.Scripted;
using Granary.Identity;
using Orleans;

namespace Granary.Gateway.Tests.Identity;

public sealed class KeyCacheTests
{
    private static readonly KeySecret Secret = KeySecret.New("acme");

    private readonly Rings _rings = new();
    private readonly JumpingTime _time = new();
    private readonly KeyCache _cache;

    public KeyCacheTests() => _cache = new KeyCache(StandIn.For<IGrainFactory>(_rings), _time);

    [Fact]
    public async Task Find_twiceWhileItIsTrusted_asksOnce()
    {
        Confirm([]);
        await FindAsync();
        _time.Advance(KeyCache.Trust);

        Assert.NotNull(await FindAsync());
        Assert.Equal(1, _rings.Asked);
    }

    [Fact]
    public async Task Find_whenItIsNotCertainThatNothingChanged_asksEachTime()
    {
        Confirm([]);
        await FindAsync();
        _time.Advance(KeyCache.Trust + TimeSpan.FromMilliseconds(1));

        await FindAsync();
        await FindAsync();

        Assert.Equal(3, _rings.Asked);
    }

    [Fact]
    public async Task Find_whenNobodyCanBeAsked_failsInsteadOfTrusting()
    {
        Confirm([]);
        await FindAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        _rings.Failure = new TimeoutException();

        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<GranaryException>(async () => await FindAsync())).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_afterAChangeOfItsRing_asksAgain(bool isForgotten)
    {
        Confirm([]);
        await FindAsync();
        Confirm(isForgotten ? null : [KeyId.RingOfId(Secret.Id)]);

        await FindAsync();

        Assert.Equal(2, _rings.Asked);
    }

    [Fact]
    public async Task Find_whoseAnswerWasOnItsWayWhenItsRingChanged_isNotKept()
    {
        Confirm([]);
        _rings.Answer = new TaskCompletionSource();
        var found = FindAsync();
        Confirm([KeyId.RingOfId(Secret.Id)]);
        _rings.Answer.SetResult();
        await found;

        await FindAsync();

        Assert.Equal(2, _rings.Asked);
    }

    private Task<ApiKey?> FindAsync() => _cache.FindAsync(Secret.Id, TestContext.Current.CancellationToken).AsTask();

    private void Confirm(int[]? rings) => _cache.Apply(new KeyChanges("epoch", 1, rings), _time.GetTimestamp());

    private sealed class Rings
    {
        private readonly ApiKey _key = Secret.ToStored("acme", "test", CallerRole.User, KeyScopes.Chat, default, null);

        public int Asked { get; private set; }

        public Exception? Failure { get; set; }

        public TaskCompletionSource? Answer { get; set; }

        public T GetGrain<T>(string key)
            where T : class => StandIn.For<T>(this);

        public async Task<ApiKey?> FindAsync(string id)
        {
            Asked++;
            if (Failure is not null)
                throw Failure;
            await (Answer?.Task ?? Task.CompletedTask);
            return _key;
        }
    }
}
