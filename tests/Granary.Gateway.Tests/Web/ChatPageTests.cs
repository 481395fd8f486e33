using System.Text.RegularExpressions;
using Granary.Gateway.Tests.Running;
using Microsoft.Playwright;

namespace Granary.Gateway.Tests.Web;

/// <summary>The chat page, as a person uses it.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed partial class ChatPageTests(DemoGateway gateway, Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Message_isAnswered_withOriginAndRate_andIsThereAfterAReload()
    {
        var page = await browser.OpenAsync(gateway.Url);

        await SayAsync(page, "What is Kubernetes?");
        var reply = page.Locator(".message.assistant");
        var text = await reply.Locator(".bubble").InnerTextAsync();
        var about = await reply.Locator(".about").InnerTextAsync();

        Assert.True(text.Length > 20, text);
        Assert.Contains("test-silo", about, StringComparison.Ordinal);
        Assert.Contains("test-zone", about, StringComparison.Ordinal);
        Assert.Matches(Rate(), about);

        await page.ReloadAsync();
        await page.Locator(".message.assistant").WaitForAsync();
        Assert.Equal(text, await page.Locator(".message.assistant .bubble").InnerTextAsync());
        Assert.Equal("What is Kubernetes?", await page.Locator(".message.user .bubble").InnerTextAsync());
        Assert.Equal("What is Kubernetes?", await page.Locator("#conversations li[aria-current=true] .open").InnerTextAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Conversations_areListed_switched_andDeleted()
    {
        var page = await browser.OpenAsync(gateway.Url);
        await SayAsync(page, "Hello");
        await page.Keyboard.PressAsync("Alt+n");
        await page.Locator("#welcome").WaitForAsync();
        await SayAsync(page, "Tell me a joke");

        await page.Locator("#conversations .open", new() { HasTextString = "Hello" }).First.ClickAsync();
        await Assertions.Expect(page.Locator(".message.user .bubble")).ToHaveTextAsync("Hello");

        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        var before = await page.Locator("#conversations li").CountAsync();
        await page.Locator("#conversations li[aria-current=true] .delete").ClickAsync();
        await Assertions.Expect(page.Locator("#conversations li")).ToHaveCountAsync(before - 1);
        await page.Locator("#welcome").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Keyboard_alone_sendsBreaksLinesAndStops()
    {
        var page = await browser.OpenAsync(gateway.Url);
        await page.Locator("#text").FocusAsync();
        await page.Keyboard.TypeAsync("Tell me a short story");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("about a fox");
        Assert.Equal("Tell me a short story\nabout a fox", await page.Locator("#text").InputValueAsync());

        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#stop").WaitForAsync();
        await Assertions.Expect(page.Locator(".message.assistant .bubble")).Not.ToBeEmptyAsync();
        await page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(page.Locator(".message.assistant .about")).ToContainTextAsync("stopped");
        await page.Locator("#send").WaitForAsync();
        await gateway.IdleAsync();
        Assert.Equal("text", await page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [Fact]
    public async Task EveryControl_isReachedByTab_andHasAName()
    {
        var page = await browser.OpenAsync(gateway.Url);
        await page.EvaluateAsync("document.activeElement.blur()");
        var reached = new List<string>();
        for (var press = 0; press < 60; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.className"));
        }

        Assert.Subset(reached.ToHashSet(), new HashSet<string> { "skip", "new", "model", "log", "text", "send" });
        var nameless = await page.EvaluateAsync<int>(
            "[...document.querySelectorAll('button')].filter(button => !(button.getAttribute('aria-label') || button.textContent).trim()).length");
        Assert.Equal(0, nameless);
    }

    [Fact]
    public async Task Phone_hasNoSidewaysScroll_andADrawerForConversations()
    {
        var page = await browser.OpenAsync(gateway.Url, 360, 720);
        await SayAsync(page, "Hello");

        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.False(await page.Locator("#sidebar").IsVisibleAsync());
        await page.Locator("#open-sidebar").ClickAsync();
        await page.Locator("#sidebar.open").WaitForAsync();
        await Assertions.Expect(page.Locator("#close-sidebar")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#sidebar")).ToBeHiddenAsync();
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Markdown_isRendered_andCannotRunLoadOrNavigate()
    {
        var page = await browser.OpenAsync(gateway.Url);

        var html = await page.EvaluateAsync<string>(
            """
            async text => {
              const { renderMarkdown } = await import('/js/markdown.js');
              const box = document.createElement('div');
              box.append(renderMarkdown(text));
              document.body.append(box);
              return box.innerHTML;
            }
            """,
            """
            **bold** `code` [good](https://example.com) [bad](javascript:window.broken=1) [data](data:text/html,x)

            <img src="x" onerror="window.broken=1"><script>window.broken=1</script><iframe src="https://example.com"></iframe>
            <a href="https://example.com" onclick="window.broken=1">link</a> <style>body{display:none}</style><form action="https://example.com"><input></form>

            | a | b |
            |---|---|
            | 1 | 2 |
            """);

        Assert.Contains("<strong>bold</strong>", html, StringComparison.Ordinal);
        Assert.Contains("<code>code</code>", html, StringComparison.Ordinal);
        Assert.Contains("<td>1</td>", html, StringComparison.Ordinal);
        Assert.Contains("rel=\"noopener noreferrer nofollow\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(Hostile(), html);
        Assert.False(await page.EvaluateAsync<bool>("'broken' in window"));
    }

    [Fact]
    public async Task UnknownConversation_inTheAddress_isSaidAndANewOneIsOffered()
    {
        var page = await browser.OpenAsync(new Uri(gateway.Url, "#0123456789abcdef0123456789abcdef"));

        await page.Locator("#notice").WaitForAsync();
        Assert.NotEmpty(await page.Locator("#notice").InnerTextAsync());
        await SayAsync(page, "Hello");
        await Assertions.Expect(page.Locator("#notice")).ToBeHiddenAsync();
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.Locator("#text").FillAsync(text);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".message.assistant.busy").WaitForAsync();
        await page.Locator(".message.assistant:not(.busy)").Last.WaitForAsync();
        await page.Locator("#send").WaitForAsync();
        await page.Locator("#conversations li[aria-current=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    [GeneratedRegex(@"\d+ tokens · \d+ tokens/s", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rate();

    [GeneratedRegex("<img|<script|<iframe|<style|<form|<input|onclick|onerror|javascript:|data:text", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hostile();
}
