namespace Granary.Conformance.Serialisation;

/// <summary>The caller is silo 0; the grain is on silo 0 (near, copied) or 1 (far, serialised).</summary>
public sealed class SerialisationTests(SharedCluster cluster)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Members_ofEveryKind_arrive(int silo)
    {
        var sent = new Everything
        {
            Flag = true,
            Small = -5,
            Big = long.MinValue,
            Bigger = ulong.MaxValue,
            Single = float.Epsilon,
            Double = double.NegativeInfinity,
            Money = 12345678901234567890.123m,
            Letter = 'ß',
            Text = "Grüße 🌾 \0",
            Guid = Guid.NewGuid(),
            Moment = new DateTime(2026, 8, 1, 1, 2, 3, DateTimeKind.Utc),
            Instant = new DateTimeOffset(2026, 8, 1, 1, 2, 3, TimeSpan.FromHours(-7)),
            Span = TimeSpan.FromTicks(-1),
            Address = new Uri("https://example.org/a?b=c"),
            Colour = Colour.Green,
            Maybe = 0,
            Numbers = [1, -2, int.MaxValue],
            Texts = ["", "b"],
            Map = new() { ["a"] = [1, 2], ["b"] = [] },
            Set = [Guid.Empty, Guid.NewGuid()],
            Frozen = [3, 2, 1],
            Tuple = (4, "four"),
            Pair = new Pair<Point> { First = new(1, 2), Second = new(3, 4) },
            Jagged = [[1], [], [2, 3]],
            Version = new Version(1, 2, 3),
            Day = new DateOnly(2026, 2, 28),
            Entry = new("key", 5),
        };

        var received = await (await GrainOnAsync(silo)).EverythingAsync(sent);

        Assert.NotSame(sent, received);
        Assert.Equivalent(sent, received, strict: true);
        Assert.Equal(sent.Moment.Kind, received.Moment.Kind);
        Assert.Equal(sent.Instant.Offset, received.Instant.Offset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task DerivedRecords_keepTheirTypes(int silo)
    {
        List<Shape> sent = [new Circle("c", 1.5), new Polygon("p", [new(0, 0), new(1, 0)]), new Circle("d", 2)];
        var received = await (await GrainOnAsync(silo)).ShapesAsync(sent);

        Assert.Equal(sent[0], received[0]);
        Assert.Equal(sent[2], received[2]);
        var polygon = Assert.IsType<Polygon>(received[1]);
        Assert.Equal("p", polygon.Name);
        Assert.Equal([new(0, 0), new Point(1, 0)], polygon.Corners);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PrivateMembers_withIds_arrive(int silo)
    {
        var received = await (await GrainOnAsync(silo)).SealedAsync(Sealed.Create(42, "shown"));
        Assert.Equal((42, "shown"), (received.Reveal(), received.Shown));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Object_keepsItsType(int silo)
    {
        var grain = await GrainOnAsync(silo);
        foreach (var value in new object?[] { null, 5, 5L, "five", 2.5, true, Guid.NewGuid(), new Point(1, 2), new Circle("c", 1) })
        {
            Assert.Equal(value, await grain.ObjectAsync(value));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Memory_arrivesAsItWas(int silo)
    {
        var values = Enumerable.Range(0, 100_000).Select(i => i / 7f).ToArray();
        var received = await (await GrainOnAsync(silo)).MemoryAsync(values.AsMemory(10, 99_000));
        Assert.True(received.Span.SequenceEqual(values.AsSpan(10, 99_000)));
        Assert.Equal(0, (await (await GrainOnAsync(silo)).MemoryAsync(default)).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GrainReference_canBeSentAndCalled(int silo)
    {
        var grain = await GrainOnAsync(silo);
        var received = await grain.ReferenceAsync(grain);
        Assert.Equal(grain, received);
        Assert.Equal(cluster.Silo(silo), await received.WhereAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ValueTask_works(int silo)
    {
        var grain = await GrainOnAsync(silo);
        Assert.Equal(3, await grain.ValueAsync(3));
        await grain.NothingAsync();
    }

    [Fact]
    public async Task MessageOfMegabytes_arrives()
    {
        var sent = new Everything { Numbers = [.. Enumerable.Range(0, 1 << 20)] };
        Assert.Equal(sent.Numbers, (await (await GrainOnAsync(1)).EverythingAsync(sent)).Numbers);
    }

    private async Task<IEchoGrain> GrainOnAsync(int silo)
    {
        var grain = cluster.From(0).GetGrain<IEchoGrain>(SharedCluster.NewKey());
        Assert.Equal(cluster.Silo(silo), await cluster.AtAsync(silo, () => grain.WhereAsync()));
        return grain;
    }
}
