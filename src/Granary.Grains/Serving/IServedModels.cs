namespace Granary.Serving;

/// <summary>The models that the cluster serves, as this silo knows it.</summary>
public interface IServedModels
{
    /// <summary>
    /// The models by name. One that was listed within the last ten seconds stays, since a registry that has just moved
    /// away from a dead silo knows nothing until the models report again.
    /// </summary>
    Task<IReadOnlyList<ServedModel>> ListAsync();
}
