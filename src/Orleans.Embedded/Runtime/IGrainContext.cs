namespace Orleans.Runtime;

/// <summary>An activation: one living instance of a grain.</summary>
public interface IGrainContext
{
    /// <summary>A reference to the grain.</summary>
    GrainReference GrainReference { get; }

    /// <summary>Which grain it is.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain object, null before it is made.</summary>
    object? GrainInstance { get; }

    /// <summary>The activation's own service scope.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>Ends the activation once its running requests are done.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);

    /// <summary>Ends the activation once its running requests are done, and goes on at another silo.</summary>
    void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default);
}
