using System.Runtime.CompilerServices;
using Granary.Gateway.Chat.Messages;
using Granary.Sessions;

namespace Granary.Gateway.Chat;

/// <summary>Tells a turn's events as clients hear them, with the times that the gateway measured.</summary>
internal sealed class TurnEvents(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private double? _firstTokenMs;

    private double ElapsedMs => time.GetElapsedTime(_start).TotalMilliseconds;

    public async IAsyncEnumerable<ChatEvent> ReadAsync(IAsyncEnumerable<TurnEvent> turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in turn.WithCancellation(cancellationToken))
        {
            if (item.Frame is not { } frame)
            {
                yield return new ChatEvent.Started(item.Turn, item.SessionId, item.Model, item.Silo, item.Zone);
                continue;
            }

            if (frame.Tokens.Length > 0)
                _firstTokenMs ??= ElapsedMs;
            if (frame.Tokens.Length > 0 || frame.Text.Length > 0)
                yield return new ChatEvent.Tokens(item.Turn, frame.FirstIndex, frame.Tokens, frame.Text);
            if (frame.FinishReason is { } reason)
                yield return new ChatEvent.Finished(item.Turn, reason, frame.Usage, _firstTokenMs, ElapsedMs);
        }
    }
}
