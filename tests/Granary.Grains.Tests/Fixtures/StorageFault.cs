namespace Granary.Grains.Tests.Fixtures;

/// <summary>The switch of <see cref="FaultyStorage"/>.</summary>
internal sealed class StorageFault
{
    public bool IsAway { get; set; }

    public void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new DriverException("No space left on device");
        }
    }

    // Like those of database drivers, of a type that no silo can send.
    private sealed class DriverException(string message) : Exception(message);
}
