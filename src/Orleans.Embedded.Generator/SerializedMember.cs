using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>A field or property that travels, and how generated code gets at it.</summary>
internal sealed class SerializedMember
{
    // Positional members of records without an [Id] are numbered from here, out of the way of explicit ids.
    private const uint FirstPositional = 1 << 16;

    private readonly ISymbol _symbol;
    private readonly IFieldSymbol? _field;
    private readonly INamedTypeSymbol _owner;

    private SerializedMember(uint id, ISymbol symbol, INamedTypeSymbol owner)
    {
        Id = id;
        _symbol = symbol;
        _owner = owner;
        _field = symbol as IFieldSymbol
            ?? owner.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, symbol));
        Type = (symbol as IPropertySymbol)?.Type ?? ((IFieldSymbol)symbol).Type;
    }

    public uint Id { get; }

    public ITypeSymbol Type { get; }

    public bool IsImmutable => Type.IsKnownImmutable() || _symbol.Has("Orleans.ImmutableAttribute");

    private string Accessor => "Member" + Id;

    private bool ReadsDirectly => _symbol switch
    {
        IPropertySymbol { GetMethod: { } get } => Symbols.IsReachable(get.DeclaredAccessibility),
        _ => Symbols.IsReachable(_symbol.DeclaredAccessibility),
    };

    private bool WritesDirectly => _symbol switch
    {
        IPropertySymbol { SetMethod: { IsInitOnly: false } set } => Symbols.IsReachable(set.DeclaredAccessibility),
        IFieldSymbol { IsReadOnly: false } => Symbols.IsReachable(_symbol.DeclaredAccessibility),
        _ => false,
    };

    private string Receiver => _owner.IsValueType ? "ref " : "";

    public static List<SerializedMember> Of(INamedTypeSymbol type, List<Problem> problems)
    {
        var members = new List<SerializedMember>();
        foreach (var symbol in type.GetMembers().Where(m => !m.IsStatic && m is IPropertySymbol { IsIndexer: false } or IFieldSymbol { IsImplicitlyDeclared: false }))
        {
            if (symbol.Attribute("Orleans.IdAttribute") is not { } attribute || attribute.ConstructorArguments[0].Value is not uint id)
            {
                continue;
            }

            if (members.Find(m => m.Id == id) is { } other)
            {
                problems.Add(new(Rules.DuplicateId, symbol, other._symbol.Name, symbol.Name, id));
                continue;
            }

            members.Add(new(id, symbol, type));
        }

        members.AddRange(Positional(type).Where(p => !members.Any(m => SymbolEqualityComparer.Default.Equals(m._symbol, p._symbol))));
        return members;
    }

    public string Get(string target) => ReadsDirectly ? $"{target}.{_symbol.Name}" : $"{Accessor}({Receiver}{target})";

    public string Set(string target, string value) => this switch
    {
        { WritesDirectly: true } => $"{target}.{_symbol.Name} = {value};",
        { _field: not null } => $"{Accessor}({Receiver}{target}) = {value};",
        _ => $"Set{Accessor}({Receiver}{target}, {value});",
    };

    public void EmitAccessors(SourceBuilder source)
    {
        var parameter = $"{Receiver}{_owner.Code()} target";
        if (_field is not null && !(ReadsDirectly && WritesDirectly))
        {
            source.Line().Line($"[UnsafeAccessor(UnsafeAccessorKind.Field, Name = \"{_field.Name}\")]").Line($"private static extern ref {Type.Code()} {Accessor}({parameter});");
        }
        else if (_field is null && !ReadsDirectly)
        {
            source.Line().Line($"[UnsafeAccessor(UnsafeAccessorKind.Method, Name = \"get_{_symbol.Name}\")]").Line($"private static extern {Type.Code()} {Accessor}({parameter});");
        }

        if (_field is null && !WritesDirectly)
        {
            source.Line().Line($"[UnsafeAccessor(UnsafeAccessorKind.Method, Name = \"set_{_symbol.Name}\")]").Line($"private static extern void Set{Accessor}({parameter}, {Type.Code()} value);");
        }
    }

    private static IEnumerable<SerializedMember> Positional(INamedTypeSymbol type)
    {
        var include = type.Attribute("Orleans.GenerateSerializerAttribute")?.NamedArguments.FirstOrDefault(a => a.Key == "IncludePrimaryConstructorParameters").Value.Value;
        var constructor = type.IsRecord && include is not false
            ? type.InstanceConstructors.FirstOrDefault(c => c.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.RecordDeclarationSyntax))
            : null;
        return (constructor?.Parameters ?? [])
            .Select((p, i) => (Index: (uint)i, Property: type.GetMembers(p.Name).OfType<IPropertySymbol>().FirstOrDefault()))
            .Where(p => p.Property is not null)
            .Select(p => new SerializedMember(FirstPositional + p.Index, p.Property!, type));
    }
}
