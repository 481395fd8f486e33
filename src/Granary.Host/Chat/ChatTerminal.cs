using System.Net.WebSockets;
using Granary.Host.Commands;
using Spectre.Console;

namespace Granary.Host.Chat;

/// <summary>A conversation in a terminal.</summary>
internal sealed class ChatTerminal(Uri gateway, string? session, string? model) : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly ChatLink _hub = new(gateway, TimeProvider.System, CallerKey.Current);
    private string? _session = session;

    /// <summary>Says one thing, prints the reply, and tells how to go on.</summary>
    public async Task<int> SayAsync(string text, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        try
        {
            await ReplyAsync(text, cancellationToken);
        }
        catch (HubException refusal)
        {
            throw Refused(refusal);
        }

        await System.Console.Error.WriteLineAsync($"(go on with: deploy/granary chat --session {_session} TEXT)");
        return 0;
    }

    /// <summary>Reads lines until the end; Ctrl-C stops a running reply.</summary>
    public async Task<int> TalkAsync(CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        AnsiConsole.MarkupLineInterpolated($"[grey]conversation {_session} at {gateway} — /new begins another, /quit or Ctrl-D ends, Ctrl-C stops a reply[/]");
        while (true)
        {
            AnsiConsole.Markup("[bold]you[/] › ");
            if (await System.Console.In.ReadLineAsync(cancellationToken) is not { } line || line.Trim() == "/quit")
            {
                return 0;
            }

            try
            {
                await AnswerAsync(line.Trim(), cancellationToken);
            }
            catch (HubException refusal)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]{refusal.Message} ({refusal.Code})[/]");
            }
        }
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    private async Task AnswerAsync(string line, CancellationToken cancellationToken)
    {
        switch (line)
        {
            case "":
                return;
            case "/new":
                _session = null;
                await OpenAsync(cancellationToken);
                AnsiConsole.MarkupLineInterpolated($"[grey]conversation {_session}[/]");
                return;
        }

        using var reply = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ConsoleCancelEventHandler stop = (_, press) =>
        {
            press.Cancel = true;
            reply.Cancel();
        };
        System.Console.CancelKeyPress += stop;
        try
        {
            await ReplyAsync(line, reply.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine(" [grey](stopped)[/]");
        }
        finally
        {
            System.Console.CancelKeyPress -= stop;
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _hub.StartAsync(cancellationToken);
            await OpenAsync(cancellationToken);
        }
        catch (WebSocketException failure)
        {
            throw GatewayUrl.Unreachable(gateway, failure);
        }
        catch (HubException refusal)
        {
            throw Refused(refusal);
        }
    }

    private static CommandException Refused(HubException refusal) => new($"{refusal.Message} ({refusal.Code})", innerException: refusal);

    private async Task OpenAsync(CancellationToken cancellationToken) =>
        _session ??= (await _hub.InvokeAsync<SessionCreated>("Create", cancellationToken, new { model })).Id;

    private async Task ReplyAsync(string text, CancellationToken cancellationToken)
    {
        string? origin = null;
        TurnMessage.Tokens? last = null;
        try
        {
            await foreach (var turn in _hub.SayAsync(_session!, text, cancellationToken))
            {
                origin = turn.Silo is null ? origin : $"{turn.Model} on {turn.Silo}, {turn.Zone}";
                System.Console.Write(turn.Frame?.Text);
                last = turn.Frame ?? last;
            }
        }
        catch (OperationCanceledException)
        {
            await StopAsync();
            throw;
        }

        System.Console.WriteLine();
        if (!System.Console.IsOutputRedirected)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{origin}{(last?.Usage is { } usage ? $" · {usage.OutputTokens} tokens" : "")}[/]");
        }
    }

    // A reply goes on without its reader unless it is told not to.
    private async Task StopAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await _hub.InvokeAsync<object?>("Stop", patience.Token, _session);
        }
        catch (Exception failure) when (failure is HubException or OperationCanceledException)
        {
            // Nobody there to be told; it ends by itself.
        }
    }

    private sealed record SessionCreated(string Id);
}
