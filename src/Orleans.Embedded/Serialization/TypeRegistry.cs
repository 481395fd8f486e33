using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Orleans.Serialization;

/// <summary>
/// Everything the generated manifests of the loaded assemblies say. One for the process, as types are; it only ever grows.
/// Nothing else can be named on the wire.
/// </summary>
public sealed class TypeRegistry
{
    private readonly Lock _lock = new();
    private readonly HashSet<Assembly> _assemblies = [];
    private readonly ConcurrentDictionary<Type, GrainInterface> _interfaces = new();
    private readonly ConcurrentDictionary<ulong, GrainInterface> _interfacesById = new();
    private readonly ConcurrentDictionary<ulong, GrainMethod> _methods = new();
    private readonly ConcurrentDictionary<Type, GrainClass> _classes = new();

    private TypeRegistry()
    {
    }

    /// <summary>The process' registry.</summary>
    public static TypeRegistry Instance { get; } = new();

    /// <summary>All grain classes.</summary>
    public ICollection<GrainClass> GrainClasses => _classes.Values;

    /// <summary>All grain and observer interfaces.</summary>
    public ICollection<GrainInterface> GrainInterfaces => _interfaces.Values;

    /// <summary>
    /// Registers the manifests of the loaded assemblies and of all that they reference. Called when a silo or client is built.
    /// </summary>
    public void LoadApplicationAssemblies()
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Register(assembly);
        }
    }

    /// <summary>Registers an assembly's manifest and those of the assemblies it references; once.</summary>
    public void Register(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        lock (_lock)
        {
            if (assembly.IsDynamic || IsFramework(assembly.GetName()) || !_assemblies.Add(assembly))
            {
                return;
            }

            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                if (!IsFramework(reference) && TryLoad(reference, out var referenced))
                {
                    Register(referenced);
                }
            }

            if (assembly.GetCustomAttribute<TypeManifestAttribute>() is { } attribute)
            {
                ((ITypeManifest)Activator.CreateInstance(attribute.Manifest)!).Register(this);
            }
        }
    }

    /// <summary>Adds an interface and its methods.</summary>
    /// <exception cref="InvalidOperationException">Two interfaces or two methods have the same name on the wire.</exception>
    public void Add(GrainInterface grainInterface)
    {
        ArgumentNullException.ThrowIfNull(grainInterface);
        _interfaces[grainInterface.Type] = grainInterface;
        if (!_interfacesById.TryAdd(grainInterface.Id, grainInterface))
        {
            throw new InvalidOperationException($"Grain interfaces {grainInterface.Type} and {_interfacesById[grainInterface.Id].Type} have the same name; give one of them another [Alias].");
        }

        foreach (var method in grainInterface.Methods)
        {
            if (!_methods.TryAdd(method.Id, method))
            {
                throw new InvalidOperationException($"Grain methods {method} and {_methods[method.Id]} have the same id; give one of them another [Alias].");
            }
        }
    }

    /// <summary>Adds a grain class.</summary>
    public void Add(GrainClass grainClass)
    {
        ArgumentNullException.ThrowIfNull(grainClass);
        _classes[grainClass.Type] = grainClass;
    }

    /// <summary>Adds a codec.</summary>
    /// <param name="type">The type, or a generic definition.</param>
    /// <param name="name">Its alias or full name: what stands for it on the wire.</param>
    /// <param name="codec">A class derived from <see cref="Codec{T}"/>, generic as the type is, with a public parameterless constructor.</param>
    /// <exception cref="InvalidOperationException">Another type has that name.</exception>
    public void AddCodec(Type type, string name, Type codec) => CodecTable.Instance.Add(type, name, codec);

    /// <summary>Adds an enumeration, so that its values can stand where an object is declared.</summary>
    public void AddEnum<T>(string name)
        where T : struct, Enum => AddCodec(typeof(T), name, typeof(Codecs.EnumCodec<T>));

    /// <summary>Adds an exception that has no codec, so that it keeps its type when it crosses silos.</summary>
    public void AddException(Type type) => Codecs.ExceptionTypes.Add(type);

    /// <summary>The interface by type.</summary>
    public bool TryGetInterface(Type type, [NotNullWhen(true)] out GrainInterface? found)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!_interfaces.TryGetValue(type, out found))
        {
            Register(type.Assembly);
            _interfaces.TryGetValue(type, out found);
        }

        return found is not null;
    }

    /// <summary>The interface by type.</summary>
    /// <exception cref="ArgumentException">It is no grain interface, or its assembly was built without the generator.</exception>
    public GrainInterface GetInterface(Type type) => TryGetInterface(type, out var found)
        ? found
        : throw new ArgumentException($"{type} has no proxy: it is not a grain interface, or its project does not reference Orleans' generator.", nameof(type));

    /// <summary>The interface by its id on the wire.</summary>
    public bool TryGetInterface(ulong id, [NotNullWhen(true)] out GrainInterface? found) => _interfacesById.TryGetValue(id, out found);

    /// <summary>The method by its id on the wire, or null.</summary>
    public GrainMethod? FindMethod(ulong id) => _methods.GetValueOrDefault(id);

    private static bool IsFramework(AssemblyName name) =>
        name.Name is not { } text
        || text.StartsWith("System.", StringComparison.Ordinal)
        || text.StartsWith("Microsoft.", StringComparison.Ordinal)
        || text is "System" or "mscorlib" or "netstandard";

    private static bool TryLoad(AssemblyName name, [NotNullWhen(true)] out Assembly? assembly)
    {
        try
        {
            assembly = Assembly.Load(name);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            assembly = null;
            return false;
        }
    }
}
