using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Clustering;

/// <summary>Keeps this silo empty while its zone is evacuated. The silo stays up, and takes work again when the zone is restored.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Disposed of when the zone is restored; else it ends with the process.")]
internal sealed partial class ZoneEvacuation(
    LocalDrain drain, SiloEmptying emptying, IOptions<SiloSettings> options, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger<ZoneEvacuation> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private CancellationTokenSource? _restored;

    /// <summary>Whether the zone is evacuated. Called by one thread at a time.</summary>
    public void Set(bool isEvacuated)
    {
        if (isEvacuated && _restored is null)
        {
            _restored = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
            LogEvacuated();
            drain.Begin();
            _ = Task.Run(() => StayEmptyAsync(_restored.Token));
        }
        else if (!isEvacuated && _restored is { } restored)
        {
            _restored = null;
            restored.Cancel();
            restored.Dispose();
            drain.End();
            LogRestored();
        }
    }

    private async Task StayEmptyAsync(CancellationToken restored)
    {
        // Again and again: whoever has not heard of it yet still sends something here.
        while (!restored.IsCancellationRequested)
        {
            try
            {
                await emptying.RunAsync(SiloDrain.TurnPatience(options.Value.DrainTimeout), restored);
                await Task.Delay(Pause, timeProvider, restored);
            }
            catch (OperationCanceledException) when (restored.IsCancellationRequested)
            {
            }
            catch (Exception exception)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(2540, LogLevel.Information, "The zone is evacuated: this silo takes nothing new, and what it runs moves")]
    private partial void LogEvacuated();

    [LoggerMessage(2541, LogLevel.Information, "The zone takes work again")]
    private partial void LogRestored();

    [LoggerMessage(2542, LogLevel.Error, "Emptying this silo failed")]
    private partial void LogFailed(Exception exception);
}
