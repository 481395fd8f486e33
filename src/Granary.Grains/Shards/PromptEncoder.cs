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

    /// <summary>The token ids of a request's prompts, in order; of messages there is one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="replyPrefix">Text that the reply is to begin with, as the template would write it: it may hold control tokens.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>invalid_role_order</c>.</exception>
    public Task<int[][]> EncodeAsync(GenerateRequest request, string replyPrefix, CancellationToken cancellationToken)
    {
        if (request.Messages is null == request.Prompts is null)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "A request has either messages or a prompt.", "messages");
        }

        if (request.Prompts is { } prompts && (prompts.Length == 0 || request.Choices % prompts.Length != 0))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{request.Choices} outputs cannot be divided among {prompts.Length} prompts.", "prompt");
        }

        if (request.Messages is { } messages)
        {
            RoleOrder.Check(messages);
        }

        var length = (request.Prompts?.Sum(prompt => (long)(prompt.Text?.Length ?? 0)) ?? request.Messages!.Sum(message => (long)message.Content.Length))
            + (request.Tools?.Definitions.Sum(tool => (long)tool.Parameters.Length) ?? 0);
        return length <= InlineLength ? Task.FromResult(Encode(request, replyPrefix)) : Task.Run(() => Encode(request, replyPrefix), cancellationToken);
    }

    /// <summary>Whether a text is a control token, which decoding leaves out unless asked not to.</summary>
    public bool IsControlToken(string text) => _specials.IsToken(text);

    /// <summary>A prompt as text.</summary>
    public string TextOf(RawPrompt prompt) => prompt.Text ?? tokenizer.Decode(Checked(prompt.Tokens!), skipSpecialTokens: false);

    private int[][] Encode(GenerateRequest request, string replyPrefix)
    {
        if (request.Prompts is { } prompts)
        {
            return Array.ConvertAll(prompts, prompt => prompt.Tokens is { } tokens ? Checked(tokens) : tokenizer.Encode(prompt.Text!, parseSpecialTokens: false, addSpecialTokens: true));
        }

        var escaped = new EscapedPrompt(request, _specials);
        var rendered = Render(escaped);
        RoleOrder.CheckPrompt(escaped.Messages, rendered);
        var text = rendered + replyPrefix;
        return [escaped.IsChanged ? EncodePieces(text) : tokenizer.Encode(text)];
    }

    private int[] Checked(int[] tokens)
    {
        var wrong = Array.FindIndex(tokens, token => token < 0 || token >= tokenizer.VocabularySize);
        return wrong < 0
            ? tokens
            : throw new GranaryException(ErrorCode.InvalidRequest, $"'prompt' has the token {tokens[wrong]}; this model's are 0 to {tokenizer.VocabularySize - 1}.", "prompt");
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
