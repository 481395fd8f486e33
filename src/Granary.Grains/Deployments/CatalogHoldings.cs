using Granary.Models;
using Granary.Models.Catalog;
using Granary.Models.Sizes;
using Granary.Shards;
using Microsoft.Extensions.Options;

namespace Granary.Deployments;

/// <summary>The models of the catalogue on disk, looked for every few seconds: imports are rare.</summary>
internal sealed class CatalogHoldings(IOptions<ModelsOptions> options, TimeProvider timeProvider) : IModelHoldings
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, HeldModel> _known = new(StringComparer.Ordinal);
    private HeldModel[] _listed = [];
    private long? _listedAt;

    public IReadOnlyList<HeldModel> List()
    {
        if (_listedAt is null || timeProvider.GetElapsedTime(_listedAt.Value) > MaxAge)
        {
            _listed = Directory.Exists(options.Value.Folder) ? [.. new ModelCatalog(options.Value.Folder).List().Select(Describe).OfType<HeldModel>()] : [];
            _listedAt = timeProvider.GetTimestamp();
        }

        return _listed;
    }

    private HeldModel? Describe(ModelManifest manifest)
    {
        // What cannot be cut may be imported again, by a newer version and with the same fingerprint.
        if (_known.TryGetValue(manifest.Name, out var known) && known.Fingerprint == manifest.Fingerprint && known.Sizes.CanBeCut)
        {
            return known;
        }

        try
        {
            var sizes = ModelSizesReader.Read(manifest, Path.Combine(options.Value.Folder, manifest.Name));
            return _known[manifest.Name] = new HeldModel(manifest.Name, manifest.Fingerprint, sizes);
        }
        catch (ModelFormatException)
        {
            return null; // it cannot be loaded either
        }
    }
}
