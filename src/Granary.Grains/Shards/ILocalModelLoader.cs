namespace Granary.Shards;

/// <summary>Opens models by name.</summary>
internal interface ILocalModelLoader
{
    /// <summary>Opens the model's files and loads its engine.</summary>
    /// <exception cref="InvalidOperationException">No such model was imported; the message says which were.</exception>
    Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken);
}
