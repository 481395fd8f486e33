namespace Orleans;

/// <summary>Names the grain type of a grain class; without it the name is the class name in lower case without "Grain" at its end.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class GrainTypeAttribute(string grainType) : Attribute
{
    /// <summary>The name.</summary>
    public string GrainType { get; } = grainType;
}
