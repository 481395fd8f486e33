using System.Text.Json.Nodes;
using Granary.Errors;
using Granary.Models;
using Granary.Models.ChatTemplates;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>
/// Renders a conversation by the model's chat template and tokenises it such that only the template can write control tokens: text of a special token in
/// a message stays text. A prompt without such text is tokenised exactly as Hugging Face does it.
/// </summary>
internal sealed class PromptEncoder(ITokenizer tokenizer, Func<IReadOnlyList<ChatMessage>, JsonArray?, string> render)
{
    // Tokenising is linear, about a second a megabyte; above this it leaves the caller's scheduler, which is a grain's.
    private const int InlineLength = 8 * 1024;

    private readonly SpecialTokenText _specials = SpecialTokenText.Of(tokenizer);

    /// <summary>The token ids of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="replyPrefix">Text that the reply is to begin with, as the template would write it: it may hold control tokens.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>invalid_role_order</c>.</exception>
    public Task<int[]> EncodeAsync(GenerateRequest request, string replyPrefix, CancellationToken cancellationToken)
    {
        if (request.Messages is null == request.Prompt is null)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "A request has either messages or a prompt.", "messages");
        }

        if (request.Messages is { } messages)
        {
            RoleOrder.Check(messages);
        }

        var length = (request.Prompt?.Length ?? request.Messages!.Sum(message => (long)message.Content.Length))
            + (request.Tools?.Definitions.Sum(tool => (long)tool.Parameters.Length) ?? 0);
        return length <= InlineLength ? Task.FromResult(Encode(request, replyPrefix)) : Task.Run(() => Encode(request, replyPrefix), cancellationToken);
    }

    /// <summary>Whether a text is a control token, which decoding leaves out unless asked not to.</summary>
    public bool IsControlToken(string text) => _specials.IsToken(text);

    private int[] Encode(GenerateRequest request, string replyPrefix)
    {
        if (request.Prompt is { } prompt)
        {
            return tokenizer.Encode(prompt, parseSpecialTokens: false, addSpecialTokens: true);
        }

        var escaped = new EscapedPrompt(request, _specials);
        var text = Render(escaped) + replyPrefix;
        return escaped.IsChanged ? EncodePieces(text) : tokenizer.Encode(text);
    }

    /// <summary>Cuts at the template's special tokens, and tokenises what is between them as plain text with its escapes undone.</summary>
    private int[] EncodePieces(string text)
    {
        var tokens = new List<int>();
        foreach (var (piece, isSpecial) in _specials.Split(text))
        {
            tokens.AddRange(tokenizer.Encode(isSpecial ? piece : _specials.Unescape(piece), parseSpecialTokens: isSpecial));
        }

        return [.. tokens];
    }

    private string Render(EscapedPrompt prompt)
    {
        try
        {
            return render(prompt.Messages, prompt.Tools is null ? null : [.. prompt.Tools.Select(TemplateMessage.From)]);
        }
        catch (Exception exception) when (exception is not GranaryException and not OutOfMemoryException)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"The model's chat template refuses these messages: {exception.Message}", "messages", exception);
        }
    }
}
