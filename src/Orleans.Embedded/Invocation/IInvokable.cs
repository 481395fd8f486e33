using System.Reflection;

namespace Orleans.Serialization.Invocation;

/// <summary>A grain call as filters and <see cref="Concurrency.MayInterleaveAttribute"/> predicates see it.</summary>
public interface IInvokable
{
    /// <summary>How many arguments the call has; a trailing cancellation token is not one of them.</summary>
    int GetArgumentCount();

    /// <summary>The argument at an index.</summary>
    object? GetArgument(int index);

    /// <summary>Replaces the argument at an index.</summary>
    void SetArgument(int index, object? value);

    /// <summary>The method's name.</summary>
    string GetMethodName();

    /// <summary>The full name of the interface that declares the method.</summary>
    string GetInterfaceName();

    /// <summary>The interface that declares the method.</summary>
    Type GetInterfaceType();

    /// <summary>The method.</summary>
    MethodInfo GetMethod();
}
