using Granary.Deployments;
using Granary.Engine;
using Granary.Engine.Experts;
using Granary.Engine.Stages;
using Granary.Models;
using Granary.Models.Catalog;
using Granary.Models.ToolCalls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>Opens models of the catalogue on disk, whole or in stages.</summary>
internal sealed class CatalogModelLoader(
    IOptions<ModelsOptions> models,
    IOptions<EngineOptions> engine,
    IOptions<ExpertsOptions> experts,
    IOptionsFactory<EngineOptions> fresh,
    TimeProvider timeProvider,
    ILoggerFactory loggers) : ILocalModelLoader, IStagedModelLoader, IExpertLoader
{
    private readonly ModelCatalog _catalog = new(models.Value.Folder);
    private readonly ILogger _logger = loggers.CreateLogger("Granary.Engine");

    public Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken) => LoadAsync(name, imported => EngineLoader.LoadAsync(
        imported.Manifest, imported.Folder, imported.Tokenizer, engine.Value, timeProvider, _logger, cancellationToken));

    public Task<LocalModel> LoadHeadAsync(PartOrder order, IStageLink? link, ExpertAccess? experts, CancellationToken cancellationToken) => LoadAsync(order.Part.Model, imported =>
    {
        var options = OptionsFor(order);
        return ShardedEngineLoader.LoadAsync(
            ModelSegments.Open(imported), Layout(imported.Manifest, order, options), imported.Tokenizer, options, timeProvider, _logger, link, experts, cancellationToken);
    });

    public async Task<IStage> LoadStageAsync(PartOrder order, ExpertAccess? experts, CancellationToken cancellationToken)
    {
        using var imported = Open(order.Part.Model);
        var options = OptionsFor(order);
        return await StageLoader.LoadAsync(
            ModelSegments.Open(imported), Layout(imported.Manifest, order, options), order.Part.Stage, options, timeProvider, _logger, experts, cancellationToken);
    }

    async Task<ExpertSet> IExpertLoader.LoadAsync(string model, CancellationToken cancellationToken)
    {
        using var imported = Open(model);
        return await ExpertSet.LoadAsync(ModelSegments.Open(imported), [], engine.Value, _logger, cancellationToken);
    }

    private async Task<LocalModel> LoadAsync(string name, Func<ImportedModel, Task<IEngine>> load)
    {
        var imported = Open(name);
        try
        {
            var loaded = await load(imported);
            var prompts = new PromptEncoder(imported.Tokenizer, (messages, tools) => imported.Template.Render(messages, tools: tools));
            return new LocalModel(imported.Manifest, loaded, prompts, new Lazy<IToolCallFormat?>(() => ToolCallFormats.Find(imported.Template)), imported);
        }
        catch
        {
            imported.Dispose();
            throw;
        }
    }

    private ImportedModel Open(string name)
    {
        var known = _catalog.List();
        if (known.All(manifest => manifest.Name != name))
        {
            var names = known.Count == 0 ? "nothing is imported" : $"imported are: {string.Join(", ", known.Select(manifest => manifest.Name))}";
            throw new InvalidOperationException($"This silo is to serve '{name}', which is not in {models.Value.Folder} ({names}). Import it: granary model import FOLDER --name {name}");
        }

        return _catalog.Open(name);
    }

    /// <summary>This silo's settings with the limits that all stages agree on.</summary>
    private EngineOptions OptionsFor(PartOrder order)
    {
        var options = fresh.Create(Options.DefaultName);
        if (order.Limits is { } limits)
        {
            // Each batch under way has slots of its own; together they are as many as one engine's.
            options.Slots = (limits.Slots + order.Stages.Length - 1) / order.Stages.Length;
            (options.SlotTokens, options.KvCacheBytes, options.PrefillChunkTokens, options.SlotClasses) = (limits.SlotTokens, limits.KvCacheBytes, limits.ChunkTokens, []);
        }

        if (order.SpreadExperts)
        {
            options.StuckAfter += experts.Value.RepairTimeout; // a step may wait that long for experts, and is not stuck
        }

        return options;
    }

    private static PipelineLayout Layout(ModelManifest manifest, PartOrder order, EngineOptions options) =>
        PipelinePlanner.Plan(manifest, [.. order.Stages.Select(stage => new LayerRange(stage.FirstLayer, stage.FirstLayer + stage.Layers))], options, format: order.Wire);
}
