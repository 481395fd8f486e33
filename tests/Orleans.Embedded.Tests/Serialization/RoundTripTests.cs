using System.Collections.Immutable;
using System.Net;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class RoundTripTests
{
    [Fact]
    public void RoundTrip_everything_keeps_every_member()
    {
        var sent = Everything.Filled();

        var got = Wire.RoundTrip(sent);

        Assert.True(got.Flag);
        Assert.Equal(sent.Bytes, got.Bytes);
        Assert.Equal(sent.Floats.ToArray(), got.Floats.ToArray());
        Assert.Equal(sent.Strings.AsEnumerable(), got.Strings);
        Assert.Equal(new Point(1, -2), got.Map!["X"][0]);
        Assert.Equal(sent.Set, got.Set);
        Assert.Equal(sent.Pair, got.Pair);
        Assert.Equal(sent.Guid, got.Guid);
        Assert.True(sent.When.EqualsExact(got.When));
        Assert.Equal(sent.Link, got.Link);
        var circle = Assert.IsType<Circle>(Assert.IsType<Group>(got.Shape).Parts[0]);
        Assert.Equal(("c", 2.5), (circle.Name, circle.Radius));
        Assert.Equal([1, "two", Colour.Green, new Point(3, 4), new[] { 5L }], Assert.IsType<List<object>>(got.Any));
        Assert.Equal([7, 8], got.Sequence);
        Assert.Equal(Colour.Green, got.Colour);
        Assert.Equal(0.25f, got.Maybe);
        Assert.Equal(sent.Texts, got.Texts);
        Assert.Equal(sent.Money, got.Money);
        Assert.Equal([1], got.Kept.Value);
        Assert.True(got.Inner!.Flag);
        Assert.Null(got.Inner.Texts);
        Assert.Equal("broken", Assert.IsType<InvalidOperationException>(got.Error).Message);
        Assert.Equal("late", Assert.IsType<TimeoutException>(got.Error.InnerException).Message);
        Assert.Equal(sent.Silo, got.Silo);
        Assert.Equal(sent.Grain, got.Grain);
        Assert.Equal(sent.Jagged, got.Jagged);
    }

    [Fact]
    public void RoundTrip_records_keeps_positional_and_inherited_members()
    {
        var derived = new DerivedPositional("n", 3, 0.5) { Note = "note" };

        Assert.Equal(derived, Wire.RoundTrip(derived));
        Assert.Equal(derived, Wire.RoundTrip<Positional>(derived));
        Assert.Equal(new Positional("p", 1), Wire.RoundTrip(new Positional("p", 1)));
    }

    [Fact]
    public void RoundTrip_private_members_keeps_them()
    {
        var got = Wire.RoundTrip(Secret.Create("hidden", 3));

        Assert.Equal(("hidden", 3), (got.Text, got.Level));
    }

    [Fact]
    public void RoundTrip_generics_keeps_the_arguments()
    {
        Assert.Equal(5, Wire.RoundTrip(new Box<int> { Value = 5 }).Value);
        var boxed = Assert.IsType<Box<Point>>(Wire.RoundTrip<object>(new Box<Point> { Value = new(1, 2) }));
        Assert.Equal(new Point(1, 2), boxed.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData((byte)255)]
    [InlineData(long.MinValue)]
    [InlineData(ulong.MaxValue)]
    [InlineData('\uffff')]
    [InlineData(-0.0)]
    [InlineData(float.Epsilon)]
    [InlineData("")]
    [InlineData(Colour.Green)]
    public void RoundTrip_boxed_values_keeps_type_and_value(object value) => Assert.Equal(value, Wire.RoundTrip(value));

    [Fact]
    public void RoundTrip_built_in_types_keeps_values()
    {
        Check(DateTime.SpecifyKind(new DateTime(2026, 1, 2, 3, 4, 5), DateTimeKind.Utc));
        Check(TimeSpan.FromTicks(-1));
        Check(new DateOnly(2026, 1, 2));
        Check(new TimeOnly(23, 59, 59));
        Check(Half.MaxValue);
        Check(new Version(1, 2, 3));
        Check(new IPEndPoint(IPAddress.IPv6Loopback, 80));
        Check((1, "a", 2.0, 'c', true, (byte)1, 7L));
        Check(Tuple.Create("a", 1));
        Check(new KeyValuePair<string, int>("k", 1));
        Check<int?>(null);
        Check<int?>(3);
        Check<string?>(null);
        Check(GrainType.Create("t"));
        Assert.Equal([1, 2, 3], Wire.RoundTrip(new Queue<int>([1, 2, 3])));
        Assert.Equal([3, 2, 1], Wire.RoundTrip(new Stack<int>([1, 2, 3])));
        Assert.Equal([1, 2], Wire.RoundTrip(ImmutableList.Create(1, 2)));
        Assert.Equal("v", Wire.RoundTrip(ImmutableDictionary.Create<string, string>().Add("k", "v"))["k"]);
        Assert.True(Wire.RoundTrip(default(ImmutableArray<int>)).IsDefault);
        Assert.Equal([2, 3], Wire.RoundTrip(new ArraySegment<int>([1, 2, 3, 4], 1, 2)));

        static void Check<T>(T value) => Assert.Equal(value, Wire.RoundTrip(value));
    }

    [Fact]
    public void RoundTrip_numbers_travel_as_one_block()
    {
        var tokens = Enumerable.Range(0, 1000).ToArray();

        var bytes = Wire.Encode<ReadOnlyMemory<int>>(tokens);

        Assert.Equal((tokens.Length * sizeof(int)) + 2, bytes.Length);
        Assert.Equal(tokens, Wire.Decode<ReadOnlyMemory<int>>(bytes).ToArray());
    }

    [Fact]
    public void RoundTrip_sequence_of_unregistered_type_arrives_as_items()
    {
        IEnumerable<int> query = Enumerable.Range(1, 3).Where(i => i != 2);

        Assert.Equal([1, 3], Wire.RoundTrip(query));
        Assert.Equal([1, 3], DeepCopier.Copy(query));
    }

    [Fact]
    public void Read_newer_version_skips_unknown_members_and_keeps_defaults()
    {
        var bytes = Wire.Encode(new VersionTwo { Kept = 5, Text = "t", Nested = Everything.Filled(), Number = 1, Numbers = [1, 2] });

        var got = Wire.Decode<VersionOne>(bytes);

        Assert.Equal(5, got.Kept);
        Assert.Equal("default", got.Default);
    }

    [Fact]
    public void Read_older_version_leaves_new_members_alone()
    {
        var got = Wire.Decode<VersionTwo>(Wire.Encode(new VersionOne { Kept = 6 }));

        Assert.Equal(6, got.Kept);
        Assert.Null(got.Text);
    }

    [Fact]
    public void Write_type_without_codec_says_what_to_do()
    {
        var error = Assert.Throws<SerializerException>(() => Wire.Encode(new StringComparison[0, 0]));
        Assert.Contains("[GenerateSerializer]", error.Message, StringComparison.Ordinal);

        error = Assert.Throws<SerializerException>(() => Wire.Encode<object>(new System.Text.StringBuilder()));
        Assert.Contains("StringBuilder", error.Message, StringComparison.Ordinal);
    }
}
