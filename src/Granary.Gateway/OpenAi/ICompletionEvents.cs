using Granary.Gateway.Completions;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>A reply as OpenAI's events, to <c>[DONE]</c>. The same frames give the same events, at whatever gateway, so that an event's place says where to go on.</summary>
internal interface ICompletionEvents
{
    /// <summary>The data of a frame's events; frames are given in order, from the first.</summary>
    IEnumerable<byte[]> Of(TokenFrame frame);

    /// <summary>The events of a completion.</summary>
    static ICompletionEvents For(CompletionId id, string model) => id.Kind == CompletionKind.Chat
        ? new ChatCompletionEvents(ReplyHeader.From(id, model), id)
        : new TextCompletionEvents(ReplyHeader.From(id, model), id);
}
