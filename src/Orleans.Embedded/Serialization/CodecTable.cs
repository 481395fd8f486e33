using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Orleans.Serialization;

/// <summary>
/// Types that may be named on the wire, and the codecs of these and of what is composed of them. A type is named by the hash of its alias,
/// a generic one by that of its definition followed by its arguments. Reflection happens here once a type, when its codec is made.
/// </summary>
internal sealed class CodecTable
{
    // Closed generic types are made from what peers send; the bound keeps a broken one from filling the memory with them.
    private const int MostTypes = 20_000;
    private const int DeepestName = 8;

    private readonly ConcurrentDictionary<Type, Definition> _definitions = new();
    private readonly ConcurrentDictionary<ulong, Definition> _definitionsById = new();
    private readonly ConcurrentDictionary<Type, Codec> _codecs = new();
    private readonly ConcurrentDictionary<Type, Codec> _exactCodecs = new();
    private readonly ConcurrentDictionary<Type, byte[]> _names = new();

    private CodecTable() => Codecs.BuiltInCodecs.AddTo(this);

    public static CodecTable Instance { get; } = new();

    public void Add(Type type, string name, Type codec)
    {
        var definition = new Definition(type, StableHash.Compute64(name), codec);
        _definitions[type] = definition;
        var known = _definitionsById.GetOrAdd(definition.Id, definition);
        if (known.Type != type)
        {
            throw new InvalidOperationException($"{type} and {known.Type} have the same name on the wire; give one of them another [Alias].");
        }
    }

    /// <summary>The codec for members and arguments declared as that type.</summary>
    public Codec Get(Type type) => _codecs.TryGetValue(type, out var codec) ? codec : _codecs.GetOrAdd(type, Make);

    /// <summary>The codec for objects of exactly that type where something more general was declared.</summary>
    public Codec GetExact(Type type) => _exactCodecs.TryGetValue(type, out var codec) ? codec : _exactCodecs.GetOrAdd(type, t => Get(Generalise(t)));

    /// <summary>The codec that the generator wrote for the type itself, if it did.</summary>
    public bool TryGetGenerated(Type type, [NotNullWhen(true)] out Codec? codec)
    {
        codec = FindDefinition(type) is { } definition ? _exactCodecs.GetOrAdd(type, t => Instantiate(definition.Close(t))) : null;
        return codec is not null;
    }

    public bool HasCodec(Type type) => FindDefinition(type) is not null || type.IsArray || Generalise(type) != type;

    public void WriteDerived(WireWriter writer, object value)
    {
        var type = value.GetType();
        var codec = GetExact(type);
        WriteName(writer, codec.Type);
        codec.WriteExact(writer, value);
    }

    public object ReadDerived(ref WireReader reader) => GetExact(ReadName(ref reader, 0)).ReadExact(ref reader);

    public void WriteName(WireWriter writer, Type type) => writer.WriteRaw(_names.TryGetValue(type, out var name) ? name : _names.GetOrAdd(type, EncodeName));

    public Type ReadName(ref WireReader reader, int depth)
    {
        if (depth > DeepestName)
        {
            throw reader.Malformed("a type name is nested too deeply");
        }

        var id = reader.ReadUInt64();
        if (!_definitionsById.TryGetValue(id, out var definition))
        {
            throw new SerializerException($"The type with id {id:x} is not registered here; does this process load the assembly that declares it?");
        }

        if (definition.Type == typeof(Array))
        {
            return ReadName(ref reader, depth + 1).MakeArrayType();
        }

        if (!definition.Type.IsGenericTypeDefinition)
        {
            return definition.Type;
        }

        var arguments = new Type[definition.Type.GetGenericArguments().Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = ReadName(ref reader, depth + 1);
        }

        if (_exactCodecs.Count > MostTypes)
        {
            throw new SerializerException("Too many different generic types.");
        }

        return definition.Type.MakeGenericType(arguments);
    }

    private static Type Generalise(Type type) =>
        typeof(GrainReference).IsAssignableFrom(type) ? typeof(GrainReference)
        : typeof(Exception).IsAssignableFrom(type) ? typeof(Exception)
        : type;

    private static Codec Instantiate(Type type) => (Codec)Activator.CreateInstance(type)!;

    private static Codec Instantiate(Type definition, params Type[] arguments) => Instantiate(definition.MakeGenericType(arguments));

    private Codec Make(Type type)
    {
        if (typeof(Exception).IsAssignableFrom(type))
        {
            return Instantiate(typeof(Codecs.ExceptionCodec<>), type);
        }

        if (typeof(IAddressable).IsAssignableFrom(type) && (type.IsInterface || typeof(GrainReference).IsAssignableFrom(type)))
        {
            return Instantiate(typeof(Codecs.GrainReferenceCodec<>), type);
        }

        if (FindDefinition(type) is { } definition)
        {
            return Instantiate(definition.Close(type));
        }

        if (type.IsSZArray)
        {
            return Instantiate(typeof(Codecs.ArrayCodec<>), type.GetElementType()!);
        }

        if (type.IsEnum)
        {
            return Instantiate(typeof(Codecs.EnumCodec<>), type);
        }

        if (type.IsGenericType && Codecs.BuiltInCodecs.SequenceInterfaces.Contains(type.GetGenericTypeDefinition()))
        {
            return Instantiate(typeof(Codecs.SequenceCodec<,>), type, type.GetGenericArguments()[0]);
        }

        return type.IsInterface || type.IsAbstract || type == typeof(object)
            ? Instantiate(typeof(Codecs.PolymorphicCodec<>), type)
            : throw new SerializerException($"{type} has no codec: give it [GenerateSerializer], and its members [Id].");
    }

    private Definition? FindDefinition(Type type)
    {
        var key = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        if (_definitions.TryGetValue(key, out var definition))
        {
            return definition;
        }

        TypeRegistry.Instance.Register(key.Assembly);
        return _definitions.GetValueOrDefault(key);
    }

    private byte[] EncodeName(Type type)
    {
        using var writer = new WireWriter(64);
        Encode(type);
        return writer.WrittenSpan.ToArray();

        void Encode(Type part)
        {
            var definition = FindDefinition(part.IsSZArray ? typeof(Array) : part)
                ?? throw new SerializerException($"{part} cannot stand where a more general type is declared: give it [GenerateSerializer].");
            writer.WriteUInt64(definition.Id);
            foreach (var argument in part.IsSZArray ? [part.GetElementType()!] : part.GetGenericArguments())
            {
                Encode(argument);
            }
        }
    }

    private sealed record Definition(Type Type, ulong Id, Type Codec)
    {
        public Type Close(Type type) => Codec.IsGenericTypeDefinition ? Codec.MakeGenericType(type.GetGenericArguments()) : Codec;
    }
}
