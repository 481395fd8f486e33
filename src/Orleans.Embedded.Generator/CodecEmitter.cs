using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>Writes the codec of a [GenerateSerializer] type.</summary>
internal static class CodecEmitter
{
    public static Generated? Emit(INamedTypeSymbol type, Compilation compilation)
    {
        var problems = new List<Problem>();
        if (!type.IsReachable() || type.IsInGeneric())
        {
            problems.Add(new(type.IsInGeneric() ? Rules.GenericInterface : Rules.Inaccessible, type, type.Name()));
            return new(type.Identifier(), "", "", problems);
        }

        if (type.TypeKind == TypeKind.Enum)
        {
            return new(type.Identifier(), "", $"registry.AddEnum<{type.Code()}>({Symbols.Literal(type.WireName())});", problems);
        }

        var members = SerializedMember.Of(type, problems);
        var baseType = SerializedBase(type);
        if (members.Count == 0 && baseType is null && type.GetMembers().Any(m => m is IPropertySymbol { IsStatic: false, IsIndexer: false } or IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false }))
        {
            problems.Add(new(Rules.NoIds, type, type.Name()));
        }

        var name = $"{type.Identifier()}_Codec";
        var parameters = type.IsGenericType ? $"<{string.Join(", ", type.TypeParameters.Select(p => p.Name))}>" : "";
        var source = SourceBuilder.File(compilation.GeneratedNamespace());
        source.Open($"internal sealed class {name}{parameters} : {(type.IsValueType ? "StructCodec" : "ObjectCodec")}<{type.Code()}>{Constraints(type)}");
        if (type.Has("Orleans.ImmutableAttribute") || (type.IsValueType && members.All(m => m.IsImmutable)))
        {
            source.Line("public override bool IsImmutable => true;").Line();
        }

        EmitWrite(source, type, members, baseType);
        EmitRead(source.Line(), type, members, baseType);
        EmitCopy(source.Line(), type, members, baseType);
        if (!type.IsValueType)
        {
            EmitCreate(source.Line(), type);
        }

        foreach (var member in members)
        {
            member.EmitAccessors(source);
        }

        source.Close();
        var codec = type.IsGenericType ? $"{name}<{new string(',', type.TypeParameters.Length - 1)}>" : name;
        return new(name, source.ToString(), $"registry.AddCodec(typeof({type.OpenCode()}), {Symbols.Literal(type.WireName())}, typeof({codec}));", problems);
    }

    // The nearest base whose members travel too.
    private static INamedTypeSymbol? SerializedBase(INamedTypeSymbol type) => type.IsValueType
        ? null
        : type.SelfAndBases().Skip(1).FirstOrDefault(t => t.Has("Orleans.GenerateSerializerAttribute") || t.Name() == "System.Exception");

    private static void EmitWrite(SourceBuilder source, INamedTypeSymbol type, List<SerializedMember> members, INamedTypeSymbol? baseType)
    {
        source.Open($"public override void WriteFields(WireWriter writer, {type.Code()} value)");
        if (baseType is not null)
        {
            source.Line($"FieldCodec.Of<{baseType.Code()}>().WriteFields(writer, value);");
        }

        foreach (var member in members)
        {
            source.Line($"writer.WriteField<{member.Type.Code()}>({member.Id}, {member.Get("value")});");
        }

        source.Line("writer.EndFields();").Close();
    }

    private static void EmitRead(SourceBuilder source, INamedTypeSymbol type, List<SerializedMember> members, INamedTypeSymbol? baseType)
    {
        source.Open($"public override void ReadFields(ref WireReader reader, ref {type.Code()} value)");
        if (baseType is not null)
        {
            source.Line($"var asBase = ({baseType.Code()})value;").Line($"FieldCodec.Of<{baseType.Code()}>().ReadFields(ref reader, ref asBase);");
        }

        source.Open("while (reader.NextField(out var id))").Open("switch (id)");
        foreach (var member in members)
        {
            source.Line($"case {member.Id}: {member.Set("value", $"reader.ReadField<{member.Type.Code()}>()")} break;");
        }

        source.Line("default: reader.SkipField(); break;").Close().Close().Close();
    }

    private static void EmitCopy(SourceBuilder source, INamedTypeSymbol type, List<SerializedMember> members, INamedTypeSymbol? baseType)
    {
        source.Open($"public override void CopyFields({type.Code()} from, ref {type.Code()} to)");
        if (baseType is not null)
        {
            source.Line($"var asBase = ({baseType.Code()})to;").Line($"FieldCodec.Of<{baseType.Code()}>().CopyFields(from, ref asBase);");
        }

        foreach (var member in members)
        {
            source.Line(member.Set("to", member.IsImmutable ? member.Get("from") : $"DeepCopier.Copy({member.Get("from")})"));
        }

        source.Close();
    }

    // A parameterless constructor is run, whatever its accessibility, so that initialisers are seen; other types are made without one.
    private static void EmitCreate(SourceBuilder source, INamedTypeSymbol type)
    {
        var constructor = type.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 0);
        var required = type.SelfAndBases().Any(t => t.GetMembers().Any(m => m is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }));
        var direct = constructor is not null && !required && Symbols.IsReachable(constructor.DeclaredAccessibility);
        source.Line($"protected override {type.Code()} Create() => " + (type, constructor, direct) switch
        {
            ({ IsAbstract: true }, _, _) => $"throw new SerializerException(\"{type.Name()} is abstract.\");",
            (_, null, _) => $"({type.Code()})RuntimeHelpers.GetUninitializedObject(typeof({type.Code()}));",
            (_, _, true) => $"new {type.Code()}();",
            _ => "New();",
        });
        if (!type.IsAbstract && constructor is not null && !direct)
        {
            source.Line().Line("[UnsafeAccessor(UnsafeAccessorKind.Constructor)]").Line($"private static extern {type.Code()} New();");
        }
    }

    private static string Constraints(INamedTypeSymbol type) => string.Concat(type.TypeParameters.Select(p =>
    {
        var constraints = new List<string>();
        if (p.HasReferenceTypeConstraint)
        {
            constraints.Add("class");
        }

        if (p.HasUnmanagedTypeConstraint)
        {
            constraints.Add("unmanaged");
        }
        else if (p.HasValueTypeConstraint)
        {
            constraints.Add("struct");
        }

        if (p.HasNotNullConstraint)
        {
            constraints.Add("notnull");
        }

        constraints.AddRange(p.ConstraintTypes.Select(t => t.Code()));
        if (p.HasConstructorConstraint && !p.HasValueTypeConstraint)
        {
            constraints.Add("new()");
        }

        return constraints.Count == 0 ? "" : $" where {p.Name} : {string.Join(", ", constraints)}";
    }));
}
