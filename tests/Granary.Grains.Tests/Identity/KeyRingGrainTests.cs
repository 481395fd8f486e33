using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Identity;

namespace Granary.Grains.Tests.Identity;

public sealed class KeyRingGrainTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private IGrainFactory Grains => silos.Cluster.Client;

    private IKeyChangesGrain Changes => Grains.GetGrain<IKeyChangesGrain>(IKeyChangesGrain.Key);

    [Fact]
    public async Task Change_isAnnouncedBeforeItIsAcknowledged()
    {
        var key = Key("announced");
        var ring = Ring("announced");
        await ring.AddAsync(key);
        var before = await Changes.GetSinceAsync("", 0);

        await ring.RevokeAsync(key.Id);

        var after = await Changes.GetSinceAsync(before.Epoch, before.Version);
        Assert.Null(before.Rings);
        Assert.Equal([KeyId.RingOf("announced")], after.Rings!);
        Assert.Empty((await Changes.GetSinceAsync(after.Epoch, after.Version)).Rings!);
        Assert.NotNull((await ring.FindAsync(key.Id))!.RevokedAt);
    }

    [Fact]
    public async Task Rotate_repeatedBecauseItsAnswerWasLost_changesNothingMore()
    {
        var (ring, old, successor) = (Ring("repeated"), Key("repeated"), Key("repeated"));
        await ring.AddAsync(old);

        var first = await ring.RotateAsync(old.Id, successor, TimeSpan.FromHours(1));
        var second = await ring.RotateAsync(old.Id, successor, TimeSpan.FromHours(1));

        Assert.Equal(first.ExpiresAt, second.ExpiresAt);
        Assert.Equal([old.Id, successor.Id], (await ring.ListAsync("repeated")).Select(key => key.Id));
    }

    [Fact]
    public async Task Rotate_ofAKeyThatEndsSooner_doesNotProlongIt()
    {
        var end = TimeProvider.System.GetUtcNow().AddMinutes(1);
        var old = Key("sooner") with { ExpiresAt = end };
        await Ring("sooner").AddAsync(old);

        Assert.Equal(end, (await Ring("sooner").RotateAsync(old.Id, Key("sooner"), TimeSpan.FromHours(1))).ExpiresAt);
    }

    [Fact]
    public async Task Change_ofAKeyThatThereIsNot_isRefused()
    {
        await Ring("nobody").RevokeAsync(KeyId.New("nobody")).RefusesAsync(ErrorCode.KeyNotFound);
        await Ring("nobody").RotateAsync(KeyId.New("nobody"), Key("nobody"), TimeSpan.Zero).RefusesAsync(ErrorCode.KeyNotFound);
        Assert.Null(await Ring("nobody").FindAsync(KeyId.New("nobody")));
    }

    [Fact]
    public async Task Change_whileTheStoreIsAway_holdsNowhere()
    {
        var key = Key("away");
        await Ring("away").AddAsync(key);
        silos.Cluster.Fault.IsAway = true;
        try
        {
            await Ring("away").RevokeAsync(key.Id).RefusesAsync(ErrorCode.StoreUnavailable);
        }
        finally
        {
            silos.Cluster.Fault.IsAway = false;
        }

        Assert.Null((await Ring("away").FindAsync(key.Id))!.RevokedAt);
    }

    [Fact]
    public async Task Keys_ofATenant_areListedForItAlone()
    {
        // Two tenants whose keys hang on one ring.
        var other = Enumerable.Range(0, int.MaxValue).Select(i => $"tenant-{i}").First(name => KeyId.RingOf(name) == KeyId.RingOf("listed"));
        await Ring("listed").AddAsync(Key("listed"));
        await Ring(other).AddAsync(Key(other));

        Assert.Equal("listed", Assert.Single(await Ring("listed").ListAsync("listed")).Tenant);
    }

    [Fact]
    public async Task Add_keepsTheLastOfATenantsEndedKeys_andAllOthers()
    {
        var (ring, now) = (Ring("piled"), TimeProvider.System.GetUtcNow());
        var other = Enumerable.Range(0, int.MaxValue).Select(i => $"neighbour-{i}").First(name => KeyId.RingOf(name) == KeyId.RingOf("piled"));
        ApiKey[] kept = [Key(other) with { ExpiresAt = now.AddDays(-1) }, Key(other), Key("piled"), Key("piled")];
        foreach (var key in kept)
        {
            await ring.AddAsync(key);
        }

        await ring.RevokeAsync(kept[3].Id);
        var ended = Enumerable.Range(1, 220).Select(hours => Key("piled") with { ExpiresAt = now.AddHours(-hours) }).ToArray();
        foreach (var key in ended)
        {
            await ring.AddAsync(key);
        }

        await ring.AddAsync(Key("piled"));

        var listed = (await ring.ListAsync("piled")).Select(key => key.Id).ToArray();
        Assert.Equal(202, listed.Length); // those that open something, and two hundred
        Assert.Empty(ended.Take(199).Append(kept[2]).Append(kept[3]).Select(key => key.Id).Except(listed));
        Assert.Equal([kept[0].Id, kept[1].Id], (await ring.ListAsync(other)).Select(key => key.Id));
    }

    [Fact]
    public async Task Installation_begins_once()
    {
        var installation = Grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key);

        Assert.True(await installation.BeginAsync(Key("local")));
        Assert.False(await installation.BeginAsync(Key("local")));
        Assert.Single(await Ring("local").ListAsync("local"));
        Assert.Equal(await installation.GetSigningKeyAsync(), await installation.GetSigningKeyAsync());
    }

    private IKeyRingGrain Ring(string tenant) => Grains.GetGrain<IKeyRingGrain>(KeyId.RingKey(KeyId.RingOf(tenant)));

    private static ApiKey Key(string tenant) => new()
    {
        Id = KeyId.New(tenant),
        Tenant = tenant,
        Name = "test",
        Role = CallerRole.User,
        Scopes = KeyScopes.Chat,
        Salt = [1],
        Hash = [2],
        CreatedAt = TimeProvider.System.GetUtcNow(),
    };
}
