using System.Diagnostics.CodeAnalysis;
using Granary.Models;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>Messages and tools of a request whose texts cannot be taken for special tokens.</summary>
internal sealed class EscapedPrompt
{
    private readonly SpecialTokenText _specials;

    public EscapedPrompt(GenerateRequest request, SpecialTokenText specials)
    {
        _specials = specials;
        Messages = Array.ConvertAll(request.Messages!, Escape);
        Tools = request.Tools is null ? null : Array.ConvertAll(request.Tools.Definitions, Escape);
    }

    public ChatMessage[] Messages { get; }

    public ToolDefinition[]? Tools { get; }

    /// <summary>Whether anything needed an escape.</summary>
    public bool IsChanged { get; private set; }

    private ChatMessage Escape(ChatMessage message) => message with
    {
        Content = Escape(message.Content),
        ToolCalls = message.ToolCalls is null ? null : Array.ConvertAll(message.ToolCalls, call => new ToolCall(Escape(call.Id), Escape(call.Name), Escape(call.Arguments))),
        ToolCallId = Escape(message.ToolCallId),
    };

    // Parameters and arguments that are JSON stay JSON: a special token can only stand within its strings.
    private ToolDefinition Escape(ToolDefinition tool) => new(Escape(tool.Name), Escape(tool.Description), Escape(tool.Parameters));

    [return: NotNullIfNotNull(nameof(text))]
    private string? Escape(string? text)
    {
        var escaped = text is null ? null : _specials.Escape(text);
        IsChanged |= !ReferenceEquals(escaped, text);
        return escaped;
    }
}
