namespace Granary.Grains.Tests.Fixtures;

/// <summary>The switch of <see cref="FaultyStorage"/>.</summary>
internal sealed class StorageFault
{
    public bool IsAway { get; set; }

    /// <summary>The name of the states that are away; <see langword="null"/>: all.</summary>
    public string? Only { get; set; }

    public void ThrowIfAway(string stateName)
    {
        if (IsAway && (Only ?? stateName) == stateName)
        {
            throw new DriverException("No space left on device");
        }
    }

    // Like those of database drivers, of a type that no silo can send.
    private sealed class DriverException(string message) : Exception(message);
}
