using Granary.Errors;
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
        await foreach (var item in session.SendAsync(new SendMessage { Text = text }, limit.Token))
        {
            events.Add(item);
        }

        return events;
    }

    public static string Text(this IEnumerable<TurnEvent> events) => string.Concat(events.Select(item => item.Frame?.Text));

    public static async Task<GranaryException> RefusesAsync(this Task task, ErrorCode code)
    {
        var exception = await Assert.ThrowsAsync<GranaryException>(() => task);
        Assert.Equal(code, exception.Code);
        return exception;
    }
}
