using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Sessions;

namespace Granary.Grains.Tests.Sessions;

public sealed class SessionIndexGrainTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task List_is_paged_and_newest_first()
    {
        var index = silos.Cluster.Client.GetGrain<ISessionIndexGrain>("paged");
        for (var i = 0; i < 5; i++)
        {
            await index.PutAsync(Session($"s{i}", i));
        }

        await index.PutAsync(Session("s1", 9));

        Assert.Equal(["s1", "s4"], (await index.ListAsync(0, 2)).Select(session => session.Id));
        Assert.Equal(["s3", "s2", "s0"], (await index.ListAsync(2, 100)).Select(session => session.Id));
    }

    [Fact]
    public async Task ListFrom_the_place_behind_a_page_is_the_next_page_whatever_changed_meanwhile()
    {
        var index = silos.Cluster.Client.GetGrain<ISessionIndexGrain>("placed");
        foreach (var (id, minute) in new[] { ("a", 1), ("b", 2), ("c", 2), ("d", 2), ("e", 3) })
        {
            await index.PutAsync(Session(id, minute));
        }

        var first = await index.ListFromAsync(null, 2);
        await index.PutAsync(Session("new", 9));
        Assert.True(SessionPlace.TryParse(SessionPlace.Behind(first[^1]).ToString(), out var place));

        Assert.Equal(["e", "b"], first.Select(session => session.Id));
        Assert.Equal(["c", "d"], (await index.ListFromAsync(place, 2)).Select(session => session.Id));
        Assert.Equal(["c", "d", "a"], (await index.ListFromAsync(place, 500)).Select(session => session.Id));
        await index.ListFromAsync(place, 501).RefusesAsync(ErrorCode.InvalidRequest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("12")]
    [InlineData("9223372036854775807-x")]
    [InlineData("1 -x")]
    public void Place_that_is_none_is_not_read(string text) => Assert.False(SessionPlace.TryParse(text, out _));

    [Fact]
    public async Task Put_older_than_known_changes_nothing()
    {
        var index = silos.Cluster.Client.GetGrain<ISessionIndexGrain>("late");
        await index.PutAsync(Session("s", 5));

        await index.PutAsync(Session("s", 4));

        Assert.Equal(Start.AddMinutes(5), Assert.Single(await index.ListAsync()).UpdatedAt);
    }

    [Theory]
    [InlineData(-1, 10)]
    [InlineData(0, 0)]
    [InlineData(0, 501)]
    public async Task List_outside_the_bounds_is_refused(int skip, int take) =>
        await silos.Cluster.Client.GetGrain<ISessionIndexGrain>("bounds").ListAsync(skip, take).RefusesAsync(ErrorCode.InvalidRequest);

    private static SessionInfo Session(string id, int minute) => new()
    {
        Id = id,
        Owner = "owner",
        Model = "m",
        Title = id,
        CreatedAt = Start,
        UpdatedAt = Start.AddMinutes(minute),
        Turns = 0,
    };

    [Fact]
    public async Task Create_of_more_than_an_owner_may_have_is_refused_until_one_is_deleted()
    {
        await using var cluster = await GranaryCluster.StartAsync(1, settings: new() { ["Granary:Sessions:MaxPerOwner"] = "2" });
        var first = await cluster.CreateAsync("first", "ann");
        await cluster.CreateAsync("second", "ann");

        var refusal = await cluster.CreateAsync("third", "ann").RefusesAsync(ErrorCode.InvalidRequest);
        Assert.Contains("delete", refusal.Message, StringComparison.Ordinal);
        await cluster.CreateAsync("other", "bob");
        await first.DeleteAsync();
        await cluster.CreateAsync("third", "ann");
    }
}
