using Granary.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>Opens the models that the configuration names; reports them, and those that deployments added, every two seconds and at changes, and withdraws and closes all at the end.</summary>
internal sealed partial class ModelServingService(
    LocalModels models,
    ILocalModelLoader loader,
    ServedModelsTrail trail,
    ReplicaReporter reporter,
    IOptions<ModelsOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider timeProvider,
    ILogger<ModelServingService> logger) : BackgroundService, IModelServing
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    public bool IsReady => Models.Values.All(state => state == "ready");

    public IReadOnlyDictionary<string, string> Models => options.Value.Serve.Concat(models.All.Select(model => model.Manifest.Name)).Distinct(StringComparer.Ordinal).ToDictionary(
        name => name,
        name => models.Find(name) switch { null => "loading", { Engine.Status.IsStuck: true } => "stuck", _ => "ready" },
        StringComparer.Ordinal);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var model in models.All.ToArray())
        {
            await reporter.WithdrawAsync(model);
            models.Remove(model.Manifest.Name);
            await model.DisposeAsync();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Heartbeat, timeProvider);
        try
        {
            var loading = LoadAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (loading.IsFaulted)
                {
                    await loading;
                }

                await Task.WhenAll(models.All.Select(reporter.ReportAsync));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            LogLoadingFailed(exception.Message, exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        string[] names = [.. options.Value.Serve.Distinct(StringComparer.Ordinal)];
        foreach (var name in names)
        {
            var started = timeProvider.GetTimestamp();
            var model = await loader.LoadAsync(name, cancellationToken);
            models.Add(model);
            LogServing(name, timeProvider.GetElapsedTime(started).TotalSeconds);
            await trail.ServedAsync(model.Manifest);
            await reporter.ReportAsync(model);
        }

        await trail.CompleteAsync(names);
    }

    [LoggerMessage(2201, LogLevel.Information, "Model {Model} is served; loading took {Seconds:0.0} s")]
    private partial void LogServing(string model, double seconds);

    [LoggerMessage(2202, LogLevel.Critical, "Serving models failed: {Reason}")]
    private partial void LogLoadingFailed(string reason, Exception exception);
}
