namespace Orleans;

/// <summary>Runs around incoming calls; calls the next by <c>context.Invoke()</c>.</summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Runs around one call.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}
