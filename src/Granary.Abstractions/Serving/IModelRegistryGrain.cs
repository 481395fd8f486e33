namespace Granary.Serving;

/// <summary>The names of all served models (key: <see cref="Key"/>).</summary>
[Alias("granary.models")]
public interface IModelRegistryGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "cluster";

    /// <summary>A model is being served; repeated as a heartbeat by its model grain.</summary>
    [Alias("Register")]
    Task RegisterAsync(ServedModel model);

    /// <summary>The models that have at least one replica, by name.</summary>
    [Alias("List")]
    Task<ServedModel[]> ListAsync();
}
