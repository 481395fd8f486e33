using System.Text;
using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>Questions about symbols.</summary>
internal static class Symbols
{
    private static readonly HashSet<string> Markers =
    [
        "Orleans.Runtime.IAddressable", "Orleans.Runtime.IGrainExtension", "Orleans.IGrain", "Orleans.IGrainObserver", "Orleans.IGrainWithStringKey",
        "Orleans.IGrainWithIntegerKey", "Orleans.IGrainWithGuidKey", "Orleans.IGrainWithIntegerCompoundKey", "Orleans.IGrainWithGuidCompoundKey",
    ];

    private static readonly HashSet<string> ImmutableTypes =
    [
        "System.Guid", "System.DateTimeOffset", "System.TimeSpan", "System.DateOnly", "System.TimeOnly", "System.Half", "System.Uri", "System.Version",
        "System.Net.IPAddress", "Orleans.Runtime.GrainId", "Orleans.Runtime.GrainType", "Orleans.Runtime.SiloAddress",
    ];

    /// <summary>The name as code refers to it, <c>global::</c> included.</summary>
    public static string Code(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>The name without <c>global::</c>.</summary>
    public static string Name(this ITypeSymbol type) => type.ToDisplayString();

    /// <summary>An unbound form for <c>typeof</c>.</summary>
    public static string OpenCode(this INamedTypeSymbol type) => type.IsGenericType ? type.ConstructUnboundGenericType().Code() : type.Code();

    /// <summary>The alias, or the full name with the number of type parameters.</summary>
    public static string WireName(this INamedTypeSymbol type)
    {
        if (type.Attribute("Orleans.AliasAttribute") is { } alias)
        {
            return (string)alias.ConstructorArguments[0].Value!;
        }

        var name = new StringBuilder(type.MetadataName);
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name.Insert(0, '+').Insert(0, outer.MetadataName);
        }

        return type.ContainingNamespace.IsGlobalNamespace ? name.ToString() : type.ContainingNamespace.ToDisplayString() + "." + name;
    }

    /// <summary>An identifier made of the full name.</summary>
    public static string Identifier(this INamedTypeSymbol type)
    {
        var name = new StringBuilder(type.OriginalDefinition.ToDisplayString());
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = char.IsLetterOrDigit(name[i]) ? name[i] : '_';
        }

        return name.ToString();
    }

    /// <summary>The namespace of an assembly's generated code.</summary>
    public static string GeneratedNamespace(this Compilation compilation) =>
        "OrleansCodeGen.A_" + new string((compilation.AssemblyName ?? "").Select(c => char.IsLetterOrDigit(c) ? c : '_').ToArray());

    public static AttributeData? Attribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name() == name);

    public static bool Has(this ISymbol symbol, string attribute) => symbol.Attribute(attribute) is not null;

    /// <summary>The attribute on the class or a base.</summary>
    public static AttributeData? InheritedAttribute(this INamedTypeSymbol type, string name) =>
        type.SelfAndBases().Select(t => t.Attribute(name)).FirstOrDefault(a => a is not null);

    public static IEnumerable<INamedTypeSymbol> SelfAndBases(this INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }

    public static bool IsAddressable(this INamedTypeSymbol type) => type.AllInterfaces.Any(i => i.Name() == "Orleans.Runtime.IAddressable");

    /// <summary>A grain or observer interface that has methods to call.</summary>
    public static bool IsGrainInterface(this INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Interface && type.IsAddressable() && !Markers.Contains(type.Name());

    public static bool IsException(this INamedTypeSymbol type) => type.SelfAndBases().Any(t => t.Name() == "System.Exception");

    /// <summary>Whether generated code in the same assembly can name it.</summary>
    public static bool IsReachable(this INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsFileLocal || !IsReachable(current.DeclaredAccessibility))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsReachable(Accessibility accessibility) =>
        accessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    /// <summary>Whether a type that contains it is generic.</summary>
    public static bool IsInGeneric(this INamedTypeSymbol type) => type.ContainingType is { } outer && (outer.IsGenericType || outer.IsInGeneric());

    /// <summary>Whether copies of values may be the same reference, by what is known at compile time.</summary>
    public static bool IsKnownImmutable(this ITypeSymbol type) =>
        type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String or SpecialType.System_DateTime
        || type.TypeKind == TypeKind.Enum
        || ImmutableTypes.Contains(type.Name().TrimEnd('?'))
        || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && nullable.TypeArguments[0].IsKnownImmutable())
        || (type is { IsValueType: true } or { IsSealed: true } && type.Has("Orleans.ImmutableAttribute"));

    public static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
