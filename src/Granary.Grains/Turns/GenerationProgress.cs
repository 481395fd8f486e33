using Granary.Models;
using Granary.Serving;

namespace Granary.Turns;

/// <summary>How far each output of a generation has come.</summary>
internal sealed class GenerationProgress
{
    private readonly List<int>[] _tokens;
    private readonly bool[] _ended;

    /// <param name="choices">Outputs of the generation.</param>
    /// <param name="frames">What there is already.</param>
    public GenerationProgress(int choices, IEnumerable<TokenFrame> frames)
    {
        _tokens = [.. Enumerable.Range(0, choices).Select(static _ => new List<int>())];
        _ended = new bool[choices];
        foreach (var frame in frames)
        {
            Add(frame);
        }
    }

    /// <summary>Whether nothing was generated yet.</summary>
    public bool IsEmpty => _tokens.All(static tokens => tokens.Count == 0) && !_ended.Contains(true);

    /// <summary>Whether all outputs have ended.</summary>
    public bool IsComplete => !_ended.Contains(false);

    /// <summary>Whether all outputs but these have ended.</summary>
    public bool IsCompleteBut(IReadOnlySet<int> choices) => _ended.Index().All(output => output.Item || choices.Contains(output.Index));

    /// <summary>Whether the frame follows what there is without hole or overlap.</summary>
    public bool Fits(TokenFrame frame) => !_ended[frame.Choice] && frame.FirstIndex == _tokens[frame.Choice].Count;

    /// <summary>Whether the frame repeats what there is.</summary>
    public bool Repeats(TokenFrame frame) => _ended[frame.Choice] || frame.FirstIndex < _tokens[frame.Choice].Count;

    /// <summary>Takes a frame that fits.</summary>
    public void Add(TokenFrame frame)
    {
        _tokens[frame.Choice].AddRange(frame.Tokens);
        _ended[frame.Choice] |= frame.FinishReason is not null;
    }

    /// <summary>Where another replica has to go on; <see langword="null"/> at the beginning.</summary>
    public ResumedChoice[]? ToResumed() => IsEmpty
        ? null
        : [.. _tokens.Select((tokens, choice) => new ResumedChoice { Tokens = [.. tokens], HasEnded = _ended[choice] })];

    /// <summary>Frames that end the outputs that have not ended.</summary>
    public TokenFrame[] End(FinishReason reason) =>
        [.. Enumerable.Range(0, _tokens.Length).Where(choice => !_ended[choice]).Select(choice => new TokenFrame
        {
            Choice = choice,
            FirstIndex = _tokens[choice].Count,
            Tokens = [],
            Text = "",
            FinishReason = reason,
        })];
}
