using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Orleans.Embedded.Tests.Serialization;

[GenerateSerializer, Alias("sample.colour")]
public enum Colour : byte
{
    Red,
    Green = 200,
}

[GenerateSerializer, Alias("sample.point")]
public readonly record struct Point([property: Id(0)] int X, [property: Id(1)] int Y);

[GenerateSerializer, Alias("sample.positional")]
public record Positional(string Name, int Size)
{
    [Id(0)]
    public string? Note { get; init; }
}

[GenerateSerializer, Alias("sample.derived")]
public sealed record DerivedPositional(string Name, int Size, double Weight) : Positional(Name, Size);

[GenerateSerializer, Alias("sample.shape")]
public abstract class Shape
{
    [Id(0)]
    public string Name { get; set; } = "";
}

[GenerateSerializer, Alias("sample.circle")]
public sealed class Circle : Shape
{
    [Id(0)]
    public double Radius { get; set; }
}

[GenerateSerializer, Alias("sample.group")]
public sealed class Group : Shape
{
    [Id(0)]
    public List<Shape> Parts { get; } = [];
}

[GenerateSerializer, Alias("sample.box")]
public sealed class Box<T>
    where T : notnull
{
    [Id(0)]
    private T? _value;

    public T? Value
    {
        get => _value;
        init => _value = value;
    }
}

[GenerateSerializer, Immutable, Alias("sample.frozen")]
public sealed record Frozen
{
    [Id(0)] public required int[] Numbers { get; init; }
}

[GenerateSerializer, Alias("sample.secret")]
public sealed class Secret
{
    [Id(0)]
    private readonly string _text;

    [Id(1)]
    public int Level { get; private set; }

    private Secret(string text, int level)
    {
        _text = text;
        Level = level;
    }

    public string Text => _text;

    public static Secret Create(string text, int level) => new(text, level);
}

[GenerateSerializer, Alias("sample.everything")]
public sealed class Everything
{
    [Id(0)] public bool Flag { get; set; }
    [Id(1)] public byte[]? Bytes { get; set; }
    [Id(2)] public ReadOnlyMemory<float> Floats { get; set; }
    [Id(3)] public ImmutableArray<string> Strings { get; set; } = [];
    [Id(4)] public Dictionary<string, List<Point>>? Map { get; set; }
    [Id(5)] public HashSet<int>? Set { get; set; }
    [Id(6)] public (int A, string? B)? Pair { get; set; }
    [Id(7)] public Guid Guid { get; set; }
    [Id(8)] public DateTimeOffset When { get; set; }
    [Id(9)] public Uri? Link { get; set; }
    [Id(10)] public Shape? Shape { get; set; }
    [Id(11)] public object? Any { get; set; }
    [Id(12)] public IReadOnlyList<int>? Sequence { get; set; }
    [Id(13)] public Colour Colour { get; set; }
    [Id(14)] public float? Maybe { get; set; }
    [Id(15)] public string?[]? Texts { get; set; }
    [Id(16)] public decimal Money { get; set; }
    [Id(17)] public Immutable<List<int>> Kept { get; set; }
    [Id(18)] public Everything? Inner { get; set; }
    [Id(19)] public Exception? Error { get; set; }
    [Id(20)] public SiloAddress? Silo { get; set; }
    [Id(21)] public GrainId Grain { get; set; }
    [Id(22)] public int[][]? Jagged { get; set; }

    public static Everything Filled() => new()
    {
        Flag = true,
        Bytes = [1, 2, 255],
        Floats = new[] { 1.5f, float.NaN },
        Strings = ["a", "b"],
        Map = new(StringComparer.OrdinalIgnoreCase) { ["x"] = [new(1, -2)] },
        Set = [3, 4],
        Pair = (5, null),
        Guid = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        When = new(2026, 11, 23, 1, 2, 3, TimeSpan.FromHours(2)),
        Link = new("https://example.org/a?b"),
        Shape = new Group { Name = "g", Parts = { new Circle { Name = "c", Radius = 2.5 } } },
        Any = new List<object> { 1, "two", Colour.Green, new Point(3, 4), new[] { 5L } },
        Sequence = [7, 8],
        Colour = Colour.Green,
        Maybe = 0.25f,
        Texts = ["é𝄞", null, new string('x', 300)],
        Money = 12345.6789m,
        Kept = new([1]),
        Inner = new() { Flag = true },
        Error = new InvalidOperationException("broken", new TimeoutException("late")),
        Silo = SiloAddress.New(System.Net.IPAddress.Loopback, 1234, 7),
        Grain = GrainId.Create("type", "key/with/slashes"),
        Jagged = [[1], [], [2, 3]],
    };
}

[GenerateSerializer, Alias("sample.v1")]
public sealed class VersionOne
{
    [Id(0)] public int Kept { get; set; }
    [Id(9)] public string Default { get; set; } = "default";
}

[GenerateSerializer, Alias("sample.v2")]
public sealed class VersionTwo
{
    [Id(0)] public int Kept { get; set; }
    [Id(1)] public string? Text { get; set; }
    [Id(2)] public Everything? Nested { get; set; }
    [Id(3)] public double Number { get; set; }
    [Id(4)] public Guid Guid { get; set; }
    [Id(5)] public float Single { get; set; }
    [Id(6)] public int[]? Numbers { get; set; }
    [Id(7)] public int? Nothing { get; set; }
}

[GenerateSerializer, Alias("sample.error")]
public sealed class CodedException(int code, string message) : Exception(message)
{
    [Id(0)]
    public int Code { get; private set; } = code;
}

public class PlainException(string message) : Exception(message);

public sealed class OddException(int number, bool flag) : Exception($"odd {number} {flag}");
