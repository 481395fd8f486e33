using System.Collections.Immutable;

namespace Granary.Conformance.Serialisation;

public enum Colour : byte
{
    Red = 1,
    Green = 200,
}

[GenerateSerializer]
public abstract record Shape([property: Id(0)] string Name);

[GenerateSerializer]
public sealed record Circle(string Name, [property: Id(0)] double Radius) : Shape(Name);

[GenerateSerializer]
public sealed record Polygon(string Name, [property: Id(0)] IReadOnlyList<Point> Corners) : Shape(Name);

[GenerateSerializer, Immutable]
public readonly record struct Point([property: Id(0)] int X, [property: Id(1)] int Y);

[GenerateSerializer]
public struct Pair<T>
{
    [Id(0)] public T First { get; set; }
    [Id(1)] public T Second { get; set; }
}

[GenerateSerializer]
public sealed class Everything
{
    [Id(0)] public bool Flag { get; init; }

    [Id(1)] public sbyte Small { get; init; }

    [Id(2)] public long Big { get; init; }

    [Id(3)] public ulong Bigger { get; init; }

    [Id(4)] public float Single { get; init; }

    [Id(5)] public double Double { get; init; }

    [Id(6)] public decimal Money { get; init; }

    [Id(7)] public char Letter { get; init; }

    [Id(8)] public string? Text { get; init; }

    [Id(9)] public Guid Guid { get; init; }

    [Id(10)] public DateTime Moment { get; init; }

    [Id(11)] public DateTimeOffset Instant { get; init; }

    [Id(12)] public TimeSpan Span { get; init; }

    [Id(13)] public Uri? Address { get; init; }

    [Id(14)] public Colour Colour { get; init; }

    [Id(15)] public int? Maybe { get; init; }

    [Id(16)] public int? Nothing { get; init; }

    [Id(17)] public int[]? Numbers { get; init; }

    [Id(18)] public List<string>? Texts { get; init; }

    [Id(19)] public Dictionary<string, List<int>>? Map { get; init; }

    [Id(20)] public HashSet<Guid>? Set { get; init; }

    [Id(21)] public ImmutableArray<int> Frozen { get; init; }

    [Id(22)] public (int, string) Tuple { get; init; }

    [Id(23)] public Pair<Point> Pair { get; init; }

    [Id(24)] public byte[][]? Jagged { get; init; }

    [Id(25)] public Version? Version { get; init; }

    [Id(26)] public DateOnly Day { get; init; }

    [Id(27)] public KeyValuePair<string, int> Entry { get; init; }
}

[GenerateSerializer]
public sealed class Sealed
{
    [Id(0)] private int _hidden;

    [Id(1)] public string Shown { get; private set; } = "";

    public static Sealed Create(int hidden, string shown) => new() { _hidden = hidden, Shown = shown };

    public int Reveal() => _hidden;
}

public interface IEchoGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();

    Task<Shape[]> ShapesAsync(List<Shape> shapes);

    Task<Everything> EverythingAsync(Everything everything);

    Task<Sealed> SealedAsync(Sealed value);

    Task<object?> ObjectAsync(object? value);

    Task<ReadOnlyMemory<float>> MemoryAsync(ReadOnlyMemory<float> values);

    Task<IEchoGrain> ReferenceAsync(IEchoGrain grain);

    ValueTask<int> ValueAsync(int value);

    ValueTask NothingAsync();
}

internal sealed class EchoGrain(ILocalSiloDetails silo) : Grain, IEchoGrain
{
    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public Task<Shape[]> ShapesAsync(List<Shape> shapes) => Task.FromResult(shapes.ToArray());

    public Task<Everything> EverythingAsync(Everything everything) => Task.FromResult(everything);

    public Task<Sealed> SealedAsync(Sealed value) => Task.FromResult(value);

    public Task<object?> ObjectAsync(object? value) => Task.FromResult(value);

    public Task<ReadOnlyMemory<float>> MemoryAsync(ReadOnlyMemory<float> values) => Task.FromResult(values);

    public Task<IEchoGrain> ReferenceAsync(IEchoGrain grain) => Task.FromResult(grain);

    public ValueTask<int> ValueAsync(int value) => ValueTask.FromResult(value);

    public ValueTask NothingAsync() => ValueTask.CompletedTask;
}
