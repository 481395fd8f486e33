using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Granary.Architecture.Tests;

/// <summary>What a compiled assembly refers to, read from its metadata.</summary>
internal sealed class References
{
    private References(string[] assemblies, string[] types)
    {
        Assemblies = assemblies;
        Types = types;
    }

    /// <summary>Names of referred assemblies.</summary>
    public IReadOnlyList<string> Assemblies { get; }

    /// <summary>Full names of referred types of other assemblies.</summary>
    public IReadOnlyList<string> Types { get; }

    public static References Of(string assembly)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        return new References(
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))],
            [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")]);
    }

    /// <summary>Namespaces of an assembly's own types whose signatures, fields or method bodies use a type below <paramref name="prefix"/>.</summary>
    public static IEnumerable<string> NamespacesUsing(string assembly, string prefix)
    {
        var root = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        return root.GetTypes().Where(type => TypesIn(type).Any(used => used.Namespace?.StartsWith(prefix, StringComparison.Ordinal) == true))
            .Select(type => type.Namespace ?? "").Distinct().Order(StringComparer.Ordinal);
    }

    private static IEnumerable<Type> TypesIn(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var fields = type.GetFields(all).Select(field => field.FieldType);
        var methods = type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)).ToList();
        var signatures = methods.SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType));
        var results = methods.OfType<MethodInfo>().Select(method => method.ReturnType);
        var locals = methods.SelectMany(method => method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []);
        return fields.Concat(signatures).Concat(results).Concat(locals).SelectMany(Unfold);
    }

    private static IEnumerable<Type> Unfold(Type type) =>
        type.HasElementType ? Unfold(type.GetElementType()!) : type.GetGenericArguments().SelectMany(Unfold).Prepend(type);
}
