using System.Reflection;

namespace Orleans.Serialization.Invocation;

/// <summary>A grain method: its identity on the wire and what its attributes say.</summary>
/// <param name="declaringInterface">The interface that declares it.</param>
/// <param name="name">Its name.</param>
/// <param name="wireName">Interface alias or full name, a slash, and the method's alias or signature: what <see cref="Id"/> is the hash of.</param>
/// <param name="parameters">Its parameter types, a trailing token included.</param>
/// <param name="create">Makes an empty call.</param>
public sealed class GrainMethod(Type declaringInterface, string name, string wireName, Type[] parameters, Func<Invokable> create)
{
    private MethodInfo? _methodInfo;

    /// <summary>The id on the wire.</summary>
    public ulong Id { get; } = Runtime.StableHash.Compute64(wireName);

    /// <summary>What <see cref="Id"/> is the hash of.</summary>
    public string WireName { get; } = wireName;

    /// <summary>The interface that declares it.</summary>
    public Type Interface { get; } = declaringInterface;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>What the attributes say.</summary>
    public GrainMethodFlags Flags { get; init; }

    /// <summary>The timeout that overrides the default, if there is one.</summary>
    public TimeSpan? ResponseTimeout { get; init; }

    /// <summary>Arguments without the trailing token.</summary>
    public int ArgumentCount => HasCancellationToken ? parameters.Length - 1 : parameters.Length;

    /// <summary>The caller does not wait.</summary>
    public bool IsOneWay => Has(GrainMethodFlags.OneWay);

    /// <summary>Interleaves with other read-only calls.</summary>
    public bool IsReadOnly => Has(GrainMethodFlags.ReadOnly);

    /// <summary>Interleaves with every call.</summary>
    public bool IsAlwaysInterleave => Has(GrainMethodFlags.AlwaysInterleave);

    /// <summary>The last parameter is a cancellation token.</summary>
    public bool HasCancellationToken => Has(GrainMethodFlags.HasCancellationToken);

    /// <summary>Returns <see cref="IAsyncEnumerable{T}"/>; the calls are <see cref="StreamInvokable"/>.</summary>
    public bool IsStream => Has(GrainMethodFlags.Stream);

    /// <summary>The method by reflection, for filters that ask.</summary>
    public MethodInfo MethodInfo => _methodInfo ??= Interface.GetMethod(Name, parameters)
        ?? throw new MissingMethodException(Interface.FullName, Name);

    /// <summary>An empty call, to read arguments into.</summary>
    public Invokable Create() => create();

    /// <inheritdoc/>
    public override string ToString() => WireName;

    private bool Has(GrainMethodFlags flag) => (Flags & flag) == flag;
}
