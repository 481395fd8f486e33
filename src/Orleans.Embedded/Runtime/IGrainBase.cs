namespace Orleans;

/// <summary>What a grain class must be; <see cref="Grain"/> is the usual way to be it.</summary>
public interface IGrainBase
{
    /// <summary>The activation that runs the grain.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first call.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last call, unless the silo dies.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
