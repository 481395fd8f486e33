using Granary.Models;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>A prompt that an output begins with.</summary>
/// <param name="encoder">Knows its text.</param>
/// <param name="prompt">The prompt.</param>
internal sealed class PromptEcho(PromptEncoder encoder, RawPrompt prompt)
{
    /// <summary>An output's first frame, with the prompt before it.</summary>
    public TokenFrame AddTo(TokenFrame frame) => frame with
    {
        Text = encoder.TextOf(prompt) + frame.Text,
        PromptLogProbs = frame.PromptLogProbs is { } places && prompt.Text is not null ? WithoutFrame(places) : frame.PromptLogProbs,
    };

    // Control tokens were put around a text, which does not show them; what reads like one in it is text.
    private TokenLogProbs[] WithoutFrame(TokenLogProbs[] places)
    {
        TokenLogProbs[] shown = [.. places];
        for (var i = 0; i < shown.Length && encoder.IsControlToken(shown[i].Chosen.Text); i++)
        {
            shown[i] = Hidden(shown[i]);
        }

        for (var i = shown.Length - 1; i >= 0 && encoder.IsControlToken(shown[i].Chosen.Text); i--)
        {
            shown[i] = Hidden(shown[i]);
        }

        return shown;
    }

    private static TokenLogProbs Hidden(TokenLogProbs place) => place with { Chosen = place.Chosen with { Bytes = [] } };
}
