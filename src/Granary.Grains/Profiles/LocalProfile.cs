namespace Granary.Profiles;

/// <summary>This silo's profile. Written by <see cref="ProfileService"/> alone.</summary>
internal sealed class LocalProfile
{
    private volatile SiloProfile? _current;

    /// <summary>The newest; <see langword="null"/> while the silo is starting.</summary>
    public SiloProfile? Current
    {
        get => _current;
        set => _current = value;
    }
}
