using Microsoft.Extensions.DependencyInjection;

namespace Orleans;

/// <summary>Base of grain classes.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Takes the context of the activation that is being made.</summary>
    /// <exception cref="InvalidOperationException">The grain was not made by a silo.</exception>
    protected Grain()
        : this(RuntimeContext.Current ?? throw new InvalidOperationException("Grains are made by a silo; a test passes an IGrainContext to the other constructor."))
    {
    }

    /// <summary>Takes a context, for tests.</summary>
    protected Grain(IGrainContext grainContext) => GrainContext = grainContext;

    /// <inheritdoc/>
    public IGrainContext GrainContext { get; }

    /// <summary>A reference to this grain.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>The grain's id as text.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>The silo as text.</summary>
    public string RuntimeIdentity => ServiceProvider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString();

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>The activation's services.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    /// <summary>Runs before the first call.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call, unless the silo dies.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation once its running requests are done.</summary>
    protected void DeactivateOnIdle() => this.DeactivateOnIdleCore();

    /// <summary>Goes on at another silo once the running requests are done.</summary>
    protected void MigrateOnIdle() => this.MigrateOnIdleCore();

    /// <summary>Keeps the activation from being collected for at least this time; negative takes that back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Activation)GrainContext).DelayDeactivation(timeSpan);
}
