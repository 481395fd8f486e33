using System.Reflection;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.Persistence;

namespace Orleans.Runtime;

/// <summary>What a silo knows of a grain class; read from its attributes once.</summary>
internal sealed class GrainClassInfo
{
    private readonly ConstructorInvoker _constructor;
    private readonly Func<Activation, object?>[] _parameters;

    public GrainClassInfo(GrainClass grainClass, GrainCollectionOptions collection, SiloMessagingOptions messaging)
    {
        Class = grainClass;
        var type = grainClass.Type;
        var worker = type.GetCustomAttribute<StatelessWorkerAttribute>();
        MaxLocalWorkers = worker?.MaxLocalWorkers ?? 0;
        MaxWaiting = IsStatelessWorker ? messaging.MaxEnqueuedRequestsHardLimit_StatelessWorker : messaging.MaxEnqueuedRequestsHardLimit;
        Placement = type.GetCustomAttribute<PlacementAttribute>()?.PlacementStrategy ?? new ResourceOptimizedPlacement();
        Filters = [.. type.GetCustomAttributes<PlacementFilterAttribute>().Select(attribute => attribute.PlacementFilterStrategy).OrderBy(filter => filter.Order)];
        CollectionAge = type.IsDefined(typeof(KeepAliveAttribute)) ? TimeSpan.MaxValue
            : collection.ClassSpecificCollectionAge.TryGetValue(type.FullName!, out var configured) ? configured
            : type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit ?? collection.CollectionAge;

        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)
            ?? throw new OrleansConfigurationException($"Grain class {type} has no public constructor.");
        _constructor = ConstructorInvoker.Create(constructor);
        _parameters = Array.ConvertAll(constructor.GetParameters(), ParameterSource);
    }

    public GrainClass Class { get; }

    public PlacementStrategy Placement { get; }

    public PlacementFilterStrategy[] Filters { get; }

    /// <summary>How long an activation may idle; <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public TimeSpan CollectionAge { get; }

    /// <summary>0 for ordinary grains.</summary>
    public int MaxLocalWorkers { get; }

    /// <summary>Requests that may wait; 0 for any number.</summary>
    public int MaxWaiting { get; }

    public bool IsStatelessWorker => MaxLocalWorkers > 0;

    public bool UsesDirectory => !IsStatelessWorker;

    /// <summary>Makes the grain object. Runs on the activation's scheduler, where <see cref="Grain"/>'s constructor finds its context.</summary>
    public object CreateInstance(Activation activation)
    {
        var arguments = new object?[_parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = _parameters[i](activation);
        }

        return _constructor.Invoke(arguments);
    }

    private static Func<Activation, object?> ParameterSource(ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
        {
            var factory = PersistentStateFactory.For(parameter);
            return activation => factory.Create(activation, state.StateName, state.StorageName);
        }

        if (parameter.ParameterType == typeof(IGrainContext))
        {
            return static activation => activation;
        }

        var fallback = parameter.HasDefaultValue;
        var key = parameter.GetCustomAttribute<Microsoft.Extensions.DependencyInjection.FromKeyedServicesAttribute>()?.Key;
        return activation => ServiceSource.Get(activation.ActivationServices, parameter.ParameterType, key, fallback);
    }
}
