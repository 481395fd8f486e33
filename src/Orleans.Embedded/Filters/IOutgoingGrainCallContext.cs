namespace Orleans;

/// <summary>An outgoing call as filters see it.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext
{
    /// <summary>The calling activation; null when the caller is none.</summary>
    IGrainContext? SourceContext { get; }
}
