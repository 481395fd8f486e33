using System.Collections.Concurrent;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>The switch of <see cref="FaultyStorage"/>.</summary>
internal sealed class StorageFault
{
    public bool IsAway { get; set; }

    /// <summary>Whether all can be read and written while it is away, and only the answer to what is written does not arrive.</summary>
    public bool Writes { get; set; }

    /// <summary>The name of the states that are away; <see langword="null"/>: all.</summary>
    public string? Only { get; set; }

    /// <summary>The key of the grain whose state is away; <see langword="null"/>: all.</summary>
    public string? OnlyOf { get; set; }

    /// <summary>States that were read, as name and key with a slash between.</summary>
    public ConcurrentDictionary<string, bool> Read { get; } = new(StringComparer.Ordinal);

    public void ThrowIfAway(string stateName, GrainId grainId)
    {
        if (IsAway && (Only ?? stateName) == stateName && (OnlyOf is not { } key || grainId.Key.ToString() == key))
        {
            throw new DriverException("No space left on device");
        }
    }

    // Like those of database drivers, of a type that no silo can send.
    private sealed class DriverException(string message) : Exception(message);
}
