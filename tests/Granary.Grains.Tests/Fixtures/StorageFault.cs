namespace Granary.Grains.Tests.Fixtures;

/// <summary>The switch of <see cref="FaultyStorage"/>.</summary>
internal sealed class StorageFault
{
    public bool IsAway { get; set; }

    public void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new IOException("No space left on device");
        }
    }
}
