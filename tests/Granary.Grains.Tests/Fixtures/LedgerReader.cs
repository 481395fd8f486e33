using Granary.Serving;
using Granary.Sessions;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A reader of a turn that notes what it was shown and lets nothing be shown twice or left out.</summary>
internal sealed class LedgerReader
{
    private readonly IAsyncEnumerator<TurnEvent> _events;
    private readonly LedgerReader? _before;
    private string _text = "";
    private int _next;

    public LedgerReader(ISessionGrain session, int turn, LedgerReader? before = null)
    {
        _before = before;
        Turn = turn;
        _next = before?._next ?? 0;
        _events = session.ReadAsync(turn, _next).GetAsyncEnumerator();
    }

    public int Turn { get; }

    public string Text => _text;

    public async Task ReadUntilAsync(string text)
    {
        while (Text != text)
        {
            Assert.True(await MoveAsync(), $"The turn ended with '{Text}'.");
        }
    }

    public async Task ReadToEndAsync()
    {
        while (await MoveAsync())
        {
        }
    }

    /// <summary>Reads on for <paramref name="reader"/> to the end, whatever moves or dies meanwhile.</summary>
    public static async Task FollowAsync(ISessionGrain session, LedgerReader reader)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                await new LedgerReader(session, reader.Turn, reader).ReadToEndAsync();
                return;
            }
            catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    private async Task<bool> MoveAsync()
    {
        if (!await _events.MoveNextAsync().AsTask().WaitAsync(TurnReading.Patience))
        {
            return false;
        }

        if (_events.Current.Frame is { } frame)
        {
            Note(frame);
        }

        return true;
    }

    private void Note(TokenFrame frame)
    {
        Assert.Equal(_next, frame.FirstIndex);
        _next += frame.Tokens.Length;
        _text += frame.Text;
        for (var reader = _before; reader is not null; reader = reader._before)
        {
            (reader._next, reader._text) = (_next, reader._text + frame.Text);
        }
    }
}
