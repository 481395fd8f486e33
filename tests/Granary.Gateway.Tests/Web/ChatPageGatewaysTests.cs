using Granary.Conformance.Support;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Scripted;
using Microsoft.Playwright;

namespace Granary.Gateway.Tests.Web;

/// <summary>The chat page when its gateway goes.</summary>
public sealed class ChatPageGatewaysTests(Browser browser) : IClassFixture<Browser>
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const int Length = 90;

    [Fact]
    public async Task Gateway_goesAndComesBack_theReplyGoesOnInPlace()
    {
        var (one, two) = (new Uri($"http://127.0.0.1:{FreePorts.Next()}"), new Uri($"http://127.0.0.1:{FreePorts.Next()}"));
        string[] both = [one.GetLeftPart(UriPartial.Authority), two.GetLeftPart(UriPartial.Authority)];
        var (grains, turn) = (new ScriptedGrains(), ScriptedTurn.Words(Length));
        turn.Holds = Length / 3;
        grains.Sessions[Id] = new ScriptedSession(Id, turn);
        await using var second = await ScriptedGateway.StartAsync(two, grains, both);
        IPage page;
        await using (await ScriptedGateway.StartAsync(one, grains, both))
        {
            page = await browser.OpenAsync(new Uri(one, $"#{Id}"));
            await ShowsAsync(page, turn.Holds);
        }

        turn.Advance(2 * Length / 3);
        await ShowsAsync(page, turn.Holds);

        await using var again = await ScriptedGateway.StartAsync(one, grains, both);
        await second.DisposeAsync();
        turn.Release();
        await ShowsAsync(page, Length);
        await Assertions.Expect(page.Locator(".message.busy")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#connection[data-state=connected]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Gateway_goesBeforeTheFirstToken_theMessageIsSaidOnce()
    {
        var (one, two) = (new Uri($"http://127.0.0.1:{FreePorts.Next()}"), new Uri($"http://127.0.0.1:{FreePorts.Next()}"));
        string[] both = [one.GetLeftPart(UriPartial.Authority), two.GetLeftPart(UriPartial.Authority)];
        var (grains, turn) = (new ScriptedGrains(), ScriptedTurn.Words(Length));
        var session = grains.Sessions[Id] = new ScriptedSession(Id, turn);
        await using var second = await ScriptedGateway.StartAsync(two, grains, both);
        IPage page;
        await using (await ScriptedGateway.StartAsync(one, grains, both))
        {
            page = await browser.OpenAsync(new Uri(one, $"#{Id}"));
            await Assertions.Expect(page.Locator(".message.user")).ToHaveCountAsync(1);
            session.Answers = false;
            await page.Locator("#text").FillAsync("And?");
            await page.Keyboard.PressAsync("Enter");
            await Eventually.TrueAsync(() => Task.FromResult(session.Sent.Count > 0), "nothing was sent");
        }

        session.Answers = true;
        await ShowsAsync(page, Length);
        Assert.Single(session.Sent.Select(message => message.MessageId).Distinct());
        await Assertions.Expect(page.Locator(".message.user")).ToHaveCountAsync(2);
    }

    // Exactly the words up to there, and the page's own count of them.
    private static async Task ShowsAsync(IPage page, int words)
    {
        await Assertions.Expect(page.Locator(".message.assistant .about")).ToContainTextAsync($" {words} tokens", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator(".message.assistant .bubble")).ToHaveTextAsync(string.Join(' ', Enumerable.Range(0, words).Select(word => $"w{word}"))); // painted with the next frame
    }
}
