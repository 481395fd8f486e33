using Orleans.Concurrency;

namespace Granary.Conformance.Copying;

[GenerateSerializer]
public sealed class MutableBox
{
    [Id(0)] public List<int> Items { get; set; } = [];
}

[GenerateSerializer, Immutable]
public sealed class FrozenBox
{
    [Id(0)] public List<int> Items { get; set; } = [];
}

public interface ICopyGrain : IGrainWithStringKey
{
    /// <summary>Appends to what it was given, and returns the length it saw.</summary>
    Task<int> AppendAsync(List<int> items);

    Task KeepAsync(MutableBox box);

    Task<MutableBox> GetKeptAsync();

    /// <summary>Whether the argument is the object that <see cref="Shared"/> holds.</summary>
    Task<bool> IsSharedAsync(MutableBox box);

    Task<bool> IsSharedFrozenAsync(FrozenBox box);

    Task<bool> IsSharedImmutableAsync(Immutable<MutableBox> box);

    Task<bool> IsSharedParameterAsync([Immutable] MutableBox box);

    Task<FrozenBox> GetSharedFrozenAsync();

    Task<bool> IsSharedByteMemoryAsync(byte[] bytes);
}

/// <summary>Objects that tests and grains of one process both see.</summary>
internal static class Shared
{
    public static readonly MutableBox Box = new() { Items = [1] };
    public static readonly FrozenBox Frozen = new() { Items = [1] };
    public static readonly byte[] Bytes = [1, 2, 3];
}

internal sealed class CopyGrain : Grain, ICopyGrain
{
    private MutableBox _kept = new();

    public Task<int> AppendAsync(List<int> items)
    {
        items.Add(99);
        return Task.FromResult(items.Count);
    }

    public Task KeepAsync(MutableBox box)
    {
        _kept = box;
        return Task.CompletedTask;
    }

    public Task<MutableBox> GetKeptAsync() => Task.FromResult(_kept);

    public Task<bool> IsSharedAsync(MutableBox box) => Task.FromResult(ReferenceEquals(box, Shared.Box));

    public Task<bool> IsSharedFrozenAsync(FrozenBox box) => Task.FromResult(ReferenceEquals(box, Shared.Frozen));

    public Task<bool> IsSharedImmutableAsync(Immutable<MutableBox> box) => Task.FromResult(ReferenceEquals(box.Value, Shared.Box));

    public Task<bool> IsSharedParameterAsync([Immutable] MutableBox box) => Task.FromResult(ReferenceEquals(box, Shared.Box));

    public Task<FrozenBox> GetSharedFrozenAsync() => Task.FromResult(Shared.Frozen);

    public Task<bool> IsSharedByteMemoryAsync(byte[] bytes) => Task.FromResult(ReferenceEquals(bytes, Shared.Bytes));
}
