using System.CommandLine;
using Granary.Host.Chat;

namespace Granary.Host.Commands;

/// <summary><c>granary chat</c>.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var text = new Argument<string[]>("TEXT") { Description = "What to say; without it a conversation is opened.", Arity = ArgumentArity.ZeroOrMore };
        var session = new Option<string?>("--session") { Description = "Go on with this conversation." };
        var model = new Option<string?>("--model") { Description = "The model for a new conversation. Default: the first that is served." };
        var url = GatewayUrl.Option();
        var command = new Command("chat", "Talk to a model, streamed over SignalR.") { text, session, model, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var gateway = GatewayUrl.Resolve(parsed.GetValue(url));
            await using var terminal = new ChatTerminal(gateway, parsed.GetValue(session), parsed.GetValue(model));
            return parsed.GetValue(text) is { Length: > 0 } words
                ? await terminal.SayAsync(string.Join(' ', words), cancellationToken)
                : await terminal.TalkAsync(cancellationToken);
        });
        return command;
    }
}
