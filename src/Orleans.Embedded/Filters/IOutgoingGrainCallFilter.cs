namespace Orleans;

/// <summary>Runs around outgoing calls; calls the next by <c>context.Invoke()</c>.</summary>
public interface IOutgoingGrainCallFilter
{
    /// <summary>Runs around one call.</summary>
    Task Invoke(IOutgoingGrainCallContext context);
}
