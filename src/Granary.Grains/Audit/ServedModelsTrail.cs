using System.Text.Json;
using Granary.Clustering;
using Granary.Models;
using Granary.Serving;
using Microsoft.Extensions.Logging;

namespace Granary.Audit;

/// <summary>
/// Which models there are is decided in silos' configurations and catalogues, where nobody is asked who he is. So each silo writes down what it serves, where that is not what it wrote last.
/// </summary>
internal sealed partial class ServedModelsTrail(IGrainFactory grains, LocalSilo silo, TimeProvider time, ILogger<ServedModelsTrail> logger)
{
    private const string Serve = "model.serve";
    private const string Withdraw = "model.withdraw";
    private const int All = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private IAuditGrain Trail => grains.GetGrain<IAuditGrain>(IAuditGrain.ClusterKey);

    /// <summary>A model is going to be served here.</summary>
    public Task ServedAsync(ModelManifest model) => QuietlyAsync(async () =>
    {
        var after = JsonSerializer.Serialize(new { model.Fingerprint, model.Weights, silo.Zone }, JsonSerializerOptions.Web);
        var before = (await KnownAsync()).GetValueOrDefault(model.Name);
        if (before != after)
        {
            await AddAsync(Serve, model.Name, before, after);
        }
    });

    /// <summary>These are all; others that were served here before are not any more.</summary>
    public Task CompleteAsync(IReadOnlyCollection<string> models) => QuietlyAsync(async () =>
    {
        foreach (var (model, before) in (await KnownAsync()).Where(known => known.Value is not null && !models.Contains(known.Key, StringComparer.Ordinal)))
        {
            await AddAsync(Withdraw, model, before, null);
        }
    });

    private async Task<Dictionary<string, string?>> KnownAsync() => (await Trail.ListAsync(All))
        .Where(entry => entry.Who == silo.Name && entry.What is Serve or Withdraw)
        .GroupBy(entry => entry.Target, StringComparer.Ordinal)
        .ToDictionary(entries => entries.Key, entries => entries.First().After, StringComparer.Ordinal); // newest first

    private Task AddAsync(string what, string model, string? before, string? after) =>
        Trail.AddAsync(new AuditEntry { At = time.GetUtcNow(), Who = silo.Name, What = what, Target = model, Before = before, After = after });

    // Models are served whether that can be written down or not.
    private async Task QuietlyAsync(Func<Task> write)
    {
        try
        {
            await write().WaitAsync(Patience, time);
        }
        catch (Exception exception)
        {
            LogNotWritten(GrainErrors.Translate(exception).Message);
        }
    }

    [LoggerMessage(2210, LogLevel.Warning, "The audit trail does not have which models this silo serves ({Reason})")]
    private partial void LogNotWritten(string reason);
}
