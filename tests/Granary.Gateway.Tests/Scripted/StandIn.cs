using System.Reflection;

namespace Granary.Gateway.Tests.Scripted;

/// <summary>
/// An interface whose calls go to the methods of the same name of a plain object. A class that implemented a grain's interface would be taken for a grain by the
/// silos of the other tests.
/// </summary>
public class StandIn : DispatchProxy
{
    private object _target = null!;

    public static T For<T>(object target)
        where T : class
    {
        var proxy = Create<T, StandIn>();
        ((StandIn)(object)proxy)._target = target;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = _target.GetType().GetMethod(targetMethod!.Name) ?? throw new NotSupportedException(targetMethod.Name);
        if (method.IsGenericMethodDefinition)
            method = method.MakeGenericMethod(targetMethod.GetGenericArguments());
        return method.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, args?[..method.GetParameters().Length], null);
    }
}
