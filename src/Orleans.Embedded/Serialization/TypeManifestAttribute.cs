namespace Orleans.Serialization;

/// <summary>Names the generated manifest of an assembly.</summary>
/// <param name="manifest">A class with a public parameterless constructor that implements <see cref="ITypeManifest"/>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TypeManifestAttribute(Type manifest) : Attribute
{
    /// <summary>The class.</summary>
    public Type Manifest { get; } = manifest;
}
