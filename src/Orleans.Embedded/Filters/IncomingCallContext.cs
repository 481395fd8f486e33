using System.Reflection;
using Orleans.Runtime.Messaging;

namespace Orleans.Runtime;

internal sealed class IncomingCallContext(Activation activation, Message message, IIncomingGrainCallFilter[] filters)
    : CallContext(message.Call!, activation.GrainId), IIncomingGrainCallContext
{
    private int _next;

    public object Grain => activation.GrainInstance!;

    public GrainId? SourceId => message.Source.IsDefault ? null : message.Source;

    public IGrainContext TargetContext => activation;

    public MethodInfo ImplementationMethod
    {
        get
        {
            var map = Grain.GetType().GetInterfaceMap(InterfaceMethod.DeclaringType!);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, InterfaceMethod)];
        }
    }

    public Task Invoke() => _next < filters.Length ? filters[_next++].Invoke(this)
        : _next++ == filters.Length && Grain is IIncomingGrainCallFilter own ? own.Invoke(this)
        : Call.InvokeAsync(Grain).AsTask();
}
