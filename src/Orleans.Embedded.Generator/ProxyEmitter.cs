using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>Writes the proxy of a grain interface and a call class for each of its methods, inherited ones included.</summary>
internal static class ProxyEmitter
{
    public static Generated Emit(INamedTypeSymbol type, Compilation compilation)
    {
        var problems = new List<Problem>();
        if (type.IsGenericType || type.IsInGeneric())
        {
            problems.Add(new(Rules.GenericInterface, type, type.Name()));
        }
        else if (!type.IsReachable())
        {
            problems.Add(new(Rules.Inaccessible, type, type.Name()));
        }

        var members = new[] { type }.Concat(type.AllInterfaces).SelectMany(i => i.GetMembers()).Where(m => m.IsAbstract && !m.IsStatic).ToArray();
        foreach (var member in members.Where(m => m is IPropertySymbol or IEventSymbol))
        {
            problems.Add(new(Rules.NotAMethod, member.Locations[0].IsInSource ? member : type, member.ToDisplayString()));
        }

        var methods = members.OfType<IMethodSymbol>().Where(m => m.MethodKind == MethodKind.Ordinary).Select((m, i) => new GrainCall(type, m, i)).ToArray();
        foreach (var method in methods)
        {
            method.Check(problems);
        }

        if (problems.Count > 0)
        {
            return new(type.Identifier(), "", "", problems);
        }

        var name = type.Identifier();
        var @namespace = compilation.GeneratedNamespace();
        var source = SourceBuilder.File(@namespace);
        EmitProxy(source, type, name, methods);
        foreach (var method in methods)
        {
            method.EmitClass(source);
        }

        return new(name, source.ToString(), $"registry.Add({name}_Proxy.Description);", problems);
    }

    private static void EmitProxy(SourceBuilder source, INamedTypeSymbol type, string name, GrainCall[] methods)
    {
        var version = type.Attribute("Orleans.CodeGeneration.VersionAttribute")?.ConstructorArguments[0].Value ?? 0;
        source
            .Open($"internal sealed class {name}_Proxy(GrainId id, IGrainCallSender sender) : GrainReference(id, Description, sender), {type.Code()}")
            .Line($"public static readonly GrainInterface Description = new(typeof({type.Code()}), {Symbols.Literal(type.WireName())}, {version},")
            .Line($"    static (id, sender) => new {name}_Proxy(id, sender),")
            .Line($"    new GrainMethod[] {{ {string.Join(", ", methods.Select(m => m.ClassName + ".Description"))} }});");
        foreach (var method in methods)
        {
            method.EmitProxyMethod(source.Line());
        }

        source.Close();
    }
}
