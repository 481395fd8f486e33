namespace Orleans.Runtime;

internal sealed class OutgoingCallContext(GrainReference target, Invokable request, IOutgoingGrainCallFilter[] filters, Func<Task> send)
    : CallContext(request, target.GrainId), IOutgoingGrainCallContext
{
    private int _next;

    public object Grain => target;

    public GrainId? SourceId => SourceContext?.GrainId;

    public IGrainContext? SourceContext { get; } = RuntimeContext.Current;

    public Task Invoke() => _next < filters.Length ? filters[_next++].Invoke(this) : send();
}
