using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A call on its way through the filters.</summary>
internal abstract class CallContext(Invokable request, GrainId targetId)
{
    public IInvokable Request => Call;

    public GrainId TargetId { get; } = targetId;

    public GrainInterfaceType InterfaceType => Serialization.TypeRegistry.Instance.GetInterface(Call.Method.Interface).InterfaceType;

    public string InterfaceName => Call.GetInterfaceName();

    public string MethodName => Call.Method.Name;

    public MethodInfo InterfaceMethod => Call.Method.MethodInfo;

    public object? Result
    {
        get => Call.BoxedResult;
        set => Call.BoxedResult = value;
    }

    protected Invokable Call { get; } = request;
}
