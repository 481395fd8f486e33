using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Serving;
using Granary.Sessions;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>Reading of turns.</summary>
internal static class TurnReading
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<List<TurnEvent>> ReadAsync(this ISessionGrain session, string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        var events = new List<TurnEvent>();
        await foreach (var item in session.ReplyAsync(new SendMessage { Text = text }, limit.Token))
        {
            events.Add(item);
        }

        return events;
    }

    /// <summary>Sends and reads.</summary>
    public static async IAsyncEnumerable<TurnEvent> ReplyAsync(this ISessionGrain session, SendMessage message, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var started = await session.SendAsync(message);
        await foreach (var item in session.ReadAsync(started.Turn, 0, cancellationToken))
        {
            yield return item;
        }
    }

    /// <summary>Waits until no turn runs; the history tells, so this asks again until then.</summary>
    public static async Task RestAsync(this ISessionGrain session)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await session.GetHistoryAsync()).IsAnswering)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    public static string Text(this IEnumerable<TurnEvent> events) => string.Concat(events.Select(item => item.Frame?.Text));

    /// <summary>The reader is told to read on elsewhere, by the turn or by the runtime.</summary>
    public static async Task MovesAsync(this Task task) =>
        Assert.True(GrainErrors.IsUnavailable(await Assert.ThrowsAnyAsync<Exception>(() => task)));

    public static async Task<GranaryException> RefusesAsync(this Task task, ErrorCode code)
    {
        var exception = await Assert.ThrowsAsync<GranaryException>(() => task);
        Assert.Equal(code, exception.Code);
        return exception;
    }
}
