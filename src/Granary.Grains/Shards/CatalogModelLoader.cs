namespace Granary.Shards;

/// <summary>Opens models of the catalogue on disk.</summary>
internal sealed class CatalogModelLoader : ILocalModelLoader
{
    public Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"Model '{name}' cannot be opened: the catalogue is not there yet.");
}
