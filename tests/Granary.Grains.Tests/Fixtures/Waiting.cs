namespace Granary.Grains.Tests.Fixtures;

/// <summary>Waits for what comes by and by.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    /// <exception cref="OperationCanceledException">It did not come in <see cref="TurnReading.Patience"/>.</exception>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(Period);
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
