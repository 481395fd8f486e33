using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>Registers grain classes and plain exceptions.</summary>
internal static class ClassEmitter
{
    public static Generated? Emit(INamedTypeSymbol type)
    {
        if (type.IsException())
        {
            return type.Has("Orleans.GenerateSerializerAttribute") || type.IsGenericType || type.IsInGeneric() || !type.IsReachable()
                ? null
                : new(type.Identifier(), "", $"registry.AddException(typeof({type.Code()}));", []);
        }

        var interfaces = type.AllInterfaces.Where(i => i.IsGrainInterface() && !i.IsGenericType).ToArray();
        return interfaces.Length == 0 || !type.SelfAndBases().Any(t => t.Name() == "Orleans.Grain" || t.AllInterfaces.Any(i => i.Name() is "Orleans.IGrainBase" or "Orleans.IGrain"))
            ? null
            : EmitGrain(type, interfaces);
    }

    private static Generated EmitGrain(INamedTypeSymbol type, INamedTypeSymbol[] interfaces)
    {
        var problems = new List<Problem>();
        if (!type.IsReachable())
        {
            problems.Add(new(Rules.Inaccessible, type, type.Name()));
        }

        if (type.IsGenericType || type.IsInGeneric())
        {
            problems.Add(new(Rules.GenericInterface, type, type.Name()));
        }

        var interleave = Predicate(type, problems);
        if (problems.Count > 0)
        {
            return new(type.Identifier(), "", "", problems);
        }

        var code = $"registry.Add(new global::Orleans.Serialization.Invocation.GrainClass(typeof({type.Code()}), {Symbols.Literal(GrainTypeOf(type))}, "
            + $"new global::System.Type[] {{ {string.Join(", ", interfaces.Select(i => $"typeof({i.Code()})"))} }})"
            + $" {{ IsReentrant = {(type.InheritedAttribute("Orleans.Concurrency.ReentrantAttribute") is null ? "false" : "true")}{interleave} }});";
        return new(type.Identifier(), "", code, problems);
    }

    private static string GrainTypeOf(INamedTypeSymbol type)
    {
        if (type.Attribute("Orleans.GrainTypeAttribute") is { } attribute)
        {
            return (string)attribute.ConstructorArguments[0].Value!;
        }

        var name = type.Name.ToLowerInvariant();
        return name.EndsWith("grain", System.StringComparison.Ordinal) && name.Length > 5 ? name.Substring(0, name.Length - 5) : name;
    }

    private static string Predicate(INamedTypeSymbol type, List<Problem> problems)
    {
        if (type.InheritedAttribute("Orleans.Concurrency.MayInterleaveAttribute")?.ConstructorArguments[0].Value is not string name)
        {
            return "";
        }

        var method = type.SelfAndBases().SelectMany(t => t.GetMembers(name)).OfType<IMethodSymbol>().FirstOrDefault(m =>
            m.ReturnType.SpecialType == SpecialType.System_Boolean
            && m.Parameters.Length == 1
            && m.Parameters[0].Type.Name() == "Orleans.Serialization.Invocation.IInvokable"
            && Symbols.IsReachable(m.DeclaredAccessibility));
        if (method is null)
        {
            problems.Add(new(Rules.Predicate, type, type.Name(), name));
            return "";
        }

        var target = method.IsStatic ? method.ContainingType.Code() : $"(({method.ContainingType.Code()})grain)";
        return $", MayInterleave = static (grain, request) => {target}.{name}(request)";
    }
}
