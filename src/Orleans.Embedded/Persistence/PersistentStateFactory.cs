using System.Reflection;

namespace Orleans.Runtime.Persistence;

/// <summary>Makes the states that constructor parameters ask for.</summary>
internal abstract class PersistentStateFactory
{
    public static PersistentStateFactory For(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException($"{parameter.Member.DeclaringType}: parameter '{parameter.Name}' has [PersistentState] but is no IPersistentState<T>.");
        }

        return (PersistentStateFactory)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(type.GenericTypeArguments))!;
    }

    public abstract object Create(Activation activation, string stateName, string? storageName);

    private sealed class Typed<TState> : PersistentStateFactory
    {
        public override object Create(Activation activation, string stateName, string? storageName) =>
            new PersistentState<TState>(activation, stateName, storageName);
    }
}
