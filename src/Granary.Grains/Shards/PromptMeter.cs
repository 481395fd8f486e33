using Granary.Engine;
using Granary.Serving;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>Counts the tokens of requests before they are generated: here, where the model is served, else at a replica.</summary>
internal sealed class PromptMeter(LocalModels models, ReplicaDirectory directory, IGrainFactory grains, IOptions<EngineOptions> engine)
{
    /// <inheritdoc cref="ReplicaDirectory.RequireKnownAsync"/>
    public Task RequireKnownAsync(string model) => GrainErrors.GuardAsync(() => directory.RequireKnownAsync(model));

    /// <exception cref="Errors.GranaryException">The model is not served, or its template refuses the messages.</exception>
    public async Task<PromptSize> MeasureAsync(string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        if (models.Find(model) is { } local)
        {
            return await MeasureAsync(local, request, engine.Value, cancellationToken);
        }

        PromptSize? size = null;
        await GrainErrors.GuardAsync(async () => size = await grains.GetGrain<IShardGrain>((await directory.GetAsync(model))[0].ShardKey).MeasureAsync(request));
        return size!;
    }

    /// <summary>By a model of this silo.</summary>
    public static async Task<PromptSize> MeasureAsync(LocalModel model, GenerateRequest request, EngineOptions engine, CancellationToken cancellationToken)
    {
        var prompts = await model.Prompts.EncodeAsync(request, ToolCalling.Of(model, request)?.ReplyPrefix ?? "", cancellationToken);
        var longest = prompts.Max(static prompt => prompt.Length);
        return new PromptSize(
            prompts.Sum(static prompt => prompt.Length), request.Sampling.MaxTokens ?? Math.Max(1, Math.Min(model.UsualOutputTokens(engine), model.Engine.ContextTokens - longest)), longest);
    }
}
