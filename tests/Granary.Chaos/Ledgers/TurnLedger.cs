using System.Text;
using Granary.Chaos.Clients;

namespace Granary.Chaos.Ledgers;

/// <summary>What one reader was shown of one turn: every index, token and text, in the order in which it came.</summary>
internal sealed class TurnLedger(Journal journal, string session, string reader)
{
    private readonly List<int> _tokens = [];
    private readonly StringBuilder _text = new();
    private readonly List<long> _times = [];
    private long _last = TimeProvider.System.GetTimestamp();

    /// <summary>The conversation.</summary>
    public string Session => session;

    /// <summary>The turn, once it is known.</summary>
    public int? Turn { get; private set; }

    /// <summary>The tokens.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>How it ended; <see langword="null"/> while the reader has not seen the end.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Whether the reader has gone away for good.</summary>
    public bool HasLeft { get; set; }

    /// <summary>The silos whose engines answered, in order.</summary>
    public List<string> Silos { get; } = [];

    /// <summary>When each of <see cref="Silos"/> was told.</summary>
    public List<long> SiloTimes { get; } = [];

    /// <summary>When each event with tokens came, as timestamps of the system's clock.</summary>
    public IReadOnlyList<long> Times => _times;

    /// <summary>How long nothing has come.</summary>
    public TimeSpan Quiet => TimeProvider.System.GetElapsedTime(_last);

    /// <summary>Where it is, for people.</summary>
    public string Where => $"{session}/{Turn} ({reader})";

    /// <summary>Writes an event down.</summary>
    public void Add(HubEvent item)
    {
        if (_tokens.Count == 0)
        {
            Turn = item.Turn; // one that was refused before its first token is begun again, as another turn
        }

        if (item.SessionId != session || item.Turn != Turn)
        {
            journal.Differs("difference", Where, $"an event of {item.SessionId}/{item.Turn}");
        }

        if (item.Silo is { } silo)
        {
            Silos.Add(silo);
            SiloTimes.Add(TimeProvider.System.GetTimestamp());
        }

        if (item.Frame is { } frame)
        {
            Add(frame);
        }
    }

    private void Add(HubFrame frame)
    {
        var now = TimeProvider.System.GetTimestamp();
        journal.Waited(TimeProvider.System.GetElapsedTime(_last, now), Where);
        _last = now;
        if (frame.FirstIndex != _tokens.Count)
        {
            journal.Differs(frame.FirstIndex > _tokens.Count ? "hole" : "repeat", Where, $"a frame at {frame.FirstIndex} with {frame.Tokens.Length} tokens where {_tokens.Count} was next");
        }

        if (FinishReason is not null)
        {
            journal.Differs("repeat", Where, $"a frame at {frame.FirstIndex} after the end");
        }

        _tokens.AddRange(frame.Tokens);
        _text.Append(frame.Text);
        _times.Add(now);
        FinishReason = frame.FinishReason;
    }
}
