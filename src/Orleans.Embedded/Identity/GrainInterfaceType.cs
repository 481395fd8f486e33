namespace Orleans.Runtime;

/// <summary>The stable name of a grain interface.</summary>
public readonly record struct GrainInterfaceType
{
    private readonly string? _name;

    private GrainInterfaceType(string name) => _name = name;

    /// <summary>Whether this is the default value.</summary>
    public bool IsDefault => string.IsNullOrEmpty(_name);

    /// <summary>An interface type of that name.</summary>
    public static GrainInterfaceType Create(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return new(value);
    }

    /// <inheritdoc/>
    public override string ToString() => _name ?? "";
}
