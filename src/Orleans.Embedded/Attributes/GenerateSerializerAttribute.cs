namespace Orleans;

/// <summary>The generator writes a codec for this type.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum, Inherited = false)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Whether a record's primary constructor parameters are members even without <see cref="IdAttribute"/>.</summary>
    public bool IncludePrimaryConstructorParameters { get; init; } = true;
}
