using System.Reflection;
using System.Text;

namespace Orleans.Embedded.Tests.Surface;

/// <summary>
/// The public signatures of Orleans.Embedded are a checked-in list, so that the engine cannot drift into a dialect unseen. After a wanted change, run this
/// test with GRANARY_UPDATE_SURFACE set to the path of public-surface.txt and look at the difference.
/// </summary>
public sealed class SurfaceTests
{
    [Fact]
    public void PublicSurface_is_the_checked_in_list()
    {
        var actual = Describe(typeof(TypeRegistry).Assembly);
        if (Environment.GetEnvironmentVariable("GRANARY_UPDATE_SURFACE") is { Length: > 0 } path)
        {
            File.WriteAllLines(path, actual);
            return;
        }

        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "public-surface.txt"));

        Assert.Equal([], actual.Except(expected).Select(line => "new: " + line).Concat(expected.Except(actual).Select(line => "gone: " + line)));
    }

    private static string[] Describe(Assembly assembly) =>
    [
        .. assembly.GetExportedTypes()
            .SelectMany(type => type
                .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(IsVisible)
                .Select(member => $"{Name(type)}: {Describe(member)}")
                .Prepend($"{Name(type)} : {string.Join(", ", new[] { type.BaseType }.Concat(type.GetInterfaces()).OfType<Type>().Select(Name).Order(StringComparer.Ordinal))}"))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase { IsSpecialName: true, IsConstructor: false } => false,
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !method.Name.Contains('<', StringComparison.Ordinal),
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsAccessor),
        EventInfo => true,
        _ => false,
    };

    private static bool IsAccessor(MethodInfo accessor) => accessor.IsPublic || accessor.IsFamily || accessor.IsFamilyOrAssembly;

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{Arity(method)}({Parameters(method)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{{string.Concat(property.GetAccessors(nonPublic: true).Where(IsAccessor).Select(a => " " + a.Name.Split('_')[0] + ";"))} }}",
        FieldInfo { IsLiteral: true } field => $"{Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        _ => member.ToString()!,
    };

    private static string Arity(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.RawDefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsByRef ? "&" : type.IsPointer ? "*" : "[]");
        }

        var name = new StringBuilder((type.FullName ?? type.Name).Split('[')[0].Split('`')[0].Replace('+', '.'));
        return type.IsGenericType ? name.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Name)).Append('>').ToString() : name.ToString();
    }
}
