using Granary.Sessions;
using Microsoft.Extensions.Logging;

namespace Granary.Clustering;

/// <summary>
/// Moves what this silo has to others. Generations move by themselves, with their keys and values, because their shards say that the silo leaves; the turns that read them stay
/// here and cost their readers nothing until they end, or until patience does. What nobody uses goes at once.
/// </summary>
internal sealed partial class SiloEmptying(
    ServingSilos serving, LocalTurns turns, LocalActivations activations, IGrainFactory grains, TimeProvider timeProvider, ILogger<SiloEmptying> logger)
{
    private const int RecoveriesAtOnce = 8;
    private const int ActivationsPerLook = 200;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends when no turn and no conversation is left here, or when no other silo takes work any more.</summary>
    /// <param name="patience">How long turns may stay; then they go on elsewhere from the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task RunAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var begin = timeProvider.GetTimestamp();
        using var timer = new PeriodicTimer(Look, timeProvider);
        while (serving.OthersServe)
        {
            foreach (var activation in activations.Idle(ActivationsPerLook))
            {
                // Not merely deactivated: a call by an address that somebody remembers would wake it here again.
                activation.GrainContext.Migrate(null, CancellationToken.None);
            }

            if (timeProvider.GetElapsedTime(begin) >= patience)
            {
                await MoveTurnsAsync(cancellationToken);
            }

            if (activations.Count == 0 && turns.Count == 0)
            {
                return;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task MoveTurnsAsync(CancellationToken cancellationToken)
    {
        var detached = await turns.DetachAllAsync().WaitAsync(cancellationToken);
        await Parallel.ForEachAsync(detached, new ParallelOptions { MaxDegreeOfParallelism = RecoveriesAtOnce, CancellationToken = cancellationToken }, async (turn, token) =>
        {
            try
            {
                await grains.GetGrain<ITurnOwner>(turn.Owner).RecoverAsync(turn.Number).WaitAsync(token);
            }
            catch (Exception exception) when (!token.IsCancellationRequested)
            {
                // Its readers, or the silos that look for turns whose silo is gone, wake it.
                LogNotRecovered(exception, turn.Owner);
            }
        });
    }

    [LoggerMessage(2560, LogLevel.Warning, "A turn of {Owner} left this silo, but could not be woken elsewhere yet")]
    private partial void LogNotRecovered(Exception exception, GrainId owner);
}
