using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Host.Chat;
using Microsoft.Playwright;

namespace Granary.Gateway.Tests.Web;

/// <summary>The chat page when its connection goes, and when the reply is another connection's.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class ChatPageResumeTests(DemoGateway gateway, Browser browser) : IClassFixture<Browser>
{
    private const int Tokens = 400;

    [Fact]
    public async Task Page_openedDuringAReply_followsItToItsEnd()
    {
        await using var asking = await Asking.StartAsync(gateway.Url, Tokens);

        var page = await browser.OpenAsync(new Uri(gateway.Url, $"#{asking.Session}"));

        await AssertShowsAsync(page, await asking.TextAsync());
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".message.assistant")).ToHaveCountAsync(1);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Connection_lostAgainAndAgain_losesAndRepeatsNothing()
    {
        const int MessagesAConnection = 12;
        var connections = 0;
        await using var asking = await Asking.StartAsync(gateway.Url, Tokens);

        var page = await browser.OpenAsync(new Uri(gateway.Url, $"#{asking.Session}"), prepare: page => page.RouteWebSocketAsync("**/hubs/chat*", socket =>
        {
            var (server, messages) = (socket.ConnectToServer(), 0);
            connections++;
            server.OnMessage(message =>
            {
                socket.Send(message.Text!);
                if (++messages == MessagesAConnection)
                    _ = socket.CloseAsync();
            });
        }));

        await AssertShowsAsync(page, await asking.TextAsync());
        Assert.InRange(connections, 2, int.MaxValue);
    }

    [Fact]
    public async Task SecondTab_seesWhatTheFirstSays_live()
    {
        var first = await browser.OpenAsync(gateway.Url);
        await SayAsync(first, "Hello");
        var second = await first.Context.NewPageAsync();
        await second.GotoAsync(first.Url);
        await Assertions.Expect(second.Locator(".message")).ToHaveCountAsync(2);

        await SayAsync(first, "Tell me a short story about a fox");

        await Assertions.Expect(second.Locator(".message")).ToHaveCountAsync(4);
        await Assertions.Expect(second.Locator(".message.busy")).ToHaveCountAsync(0);
        Assert.Equal(await first.Locator(".bubble").AllInnerTextsAsync(), await second.Locator(".bubble").AllInnerTextsAsync());
    }

    private static async Task SayAsync(IPage page, string text)
    {
        var before = await page.Locator(".message").CountAsync();
        await page.Locator("#text").FillAsync(text);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".message")).ToHaveCountAsync(before + 2);
        await Assertions.Expect(page.Locator(".message.busy")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
    }

    // The reply as the page renders it, and as many tokens as it counts.
    private static async Task AssertShowsAsync(IPage page, string text)
    {
        await page.Locator(".message.assistant:not(.busy)").WaitForAsync();
        await Assertions.Expect(page.Locator(".message.assistant .about")).ToContainTextAsync($"{Tokens} tokens");
        var rendered = await page.EvaluateAsync<string>(
            """
            async text => {
              const { renderMarkdown } = await import('/js/markdown.js');
              const box = document.createElement('div');
              box.append(renderMarkdown(text));
              return box.textContent;
            }
            """,
            text);
        Assert.Equal(rendered, await page.Locator(".message.assistant .bubble").TextContentAsync());
    }

    /// <summary>A long reply that a connection of its own asked for.</summary>
    private sealed class Asking : IAsyncDisposable
    {
        private readonly HubConnection _hub = new();
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task<string> _reply = null!;

        public string Session { get; private set; } = "";

        public static async Task<Asking> StartAsync(Uri gateway, int tokens)
        {
            var asking = new Asking();
            await asking._hub.StartAsync(new Uri(gateway, "hubs/chat"), TestContext.Current.CancellationToken);
            asking.Session = (await asking._hub.InvokeAsync<JsonElement>("Create", TestContext.Current.CancellationToken, new { model = DemoGateway.Model })).GetProperty("id").GetString()!;
            asking._reply = asking.ReadAsync(tokens);
            await asking._begun.Task;
            return asking;
        }

        public Task<string> TextAsync() => _reply;

        public ValueTask DisposeAsync() => _hub.DisposeAsync();

        private async Task<string> ReadAsync(int tokens)
        {
            var (text, count) = ("", 0);
            var message = new { text = DemoGateway.EndlessPrompt, sampling = new { temperature = 0, frequencyPenalty = -2, presencePenalty = -2, maxTokens = tokens } };
            await foreach (var item in _hub.StreamAsync<JsonElement>("Send", [Session, message], TestContext.Current.CancellationToken))
            {
                if (!item.TryGetProperty("frame", out var frame))
                    continue;
                text += frame.GetProperty("text").GetString();
                count += frame.GetProperty("tokens").GetArrayLength();
                _begun.TrySetResult();
            }

            Assert.Equal(tokens, count);
            return text;
        }
    }
}
