using Granary.Engine;
using Granary.Models.Catalog;
using Granary.Models.ToolCalls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>Opens models of the catalogue on disk.</summary>
internal sealed class CatalogModelLoader(
    IOptions<ModelsOptions> models, IOptions<EngineOptions> engine, TimeProvider timeProvider, ILoggerFactory loggers) : ILocalModelLoader
{
    private readonly ModelCatalog _catalog = new(models.Value.Folder);

    public async Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var known = _catalog.List();
        if (known.All(manifest => manifest.Name != name))
        {
            var names = known.Count == 0 ? "nothing is imported" : $"imported are: {string.Join(", ", known.Select(manifest => manifest.Name))}";
            throw new InvalidOperationException($"Granary:Models:Serve names '{name}', which is not in {models.Value.Folder} ({names}). Import it: granary model import FOLDER --name {name}");
        }

        var imported = _catalog.Open(name);
        try
        {
            var loaded = await EngineLoader.LoadAsync(
                imported.Manifest, imported.Folder, imported.Tokenizer, engine.Value, timeProvider, loggers.CreateLogger("Granary.Engine"), cancellationToken);
            var prompts = new PromptEncoder(imported.Tokenizer, (messages, tools) => imported.Template.Render(messages, tools: tools));
            return new LocalModel(imported.Manifest, loaded, prompts, new Lazy<IToolCallFormat?>(() => ToolCallFormats.Find(imported.Template)), imported);
        }
        catch
        {
            imported.Dispose();
            throw;
        }
    }
}
