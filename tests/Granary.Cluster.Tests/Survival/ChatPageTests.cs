using Granary.Chaos.Ledgers;
using Granary.Gateway.Tests.Web;
using Microsoft.Playwright;

namespace Granary.Cluster.Tests.Survival;

/// <summary>The chat page in Chromium, whose gateway is killed.</summary>
[Trait("Category", "Slow")]
public sealed class ChatPageTests(SurvivalCluster survival, Browser browser) : IClassFixture<SurvivalCluster>, IClassFixture<Browser>
{
    private const int Length = 1400;
    private const int Early = 20;

    [Fact]
    public async Task Kill9_ofThePagesGateway_inMidStream_goesOnInPlace()
    {
        var journal = new Journal();
        var turn = await survival.BeginAsync("az-c", "az-b", Length, journal, Early);
        await turn.UntilAsync(Early, TestContext.Current.CancellationToken);
        var page = await browser.OpenAsync(new Uri(survival.Cluster["az-a"].Url, $"#{turn.Ledger.Session}"));
        await Assertions.Expect(page.Locator(".message.assistant .bubble")).Not.ToBeEmptyAsync();

        Assert.Null(turn.Ledger.FinishReason);
        survival.Cluster["az-a"].Kill();

        await survival.VerifyAsync(journal, turn);
        await Assertions.Expect(page.Locator(".message.assistant .about")).ToContainTextAsync($" {Length} tokens", new() { Timeout = 60_000 });
        await page.Locator(".message.assistant:not(.busy)").WaitForAsync();
        Assert.Equal(await RenderedAsync(page, turn.Ledger.Text), await page.Locator(".message.assistant .bubble").TextContentAsync());
        Assert.Empty(await page.Locator("#notice:visible").AllInnerTextsAsync());
    }

    // As the page renders it; its own gateway need not be there for that.
    private static Task<string> RenderedAsync(IPage page, string text) => page.EvaluateAsync<string>(
        """
        async text => {
          const { renderMarkdown } = await import('/js/markdown.js');
          const box = document.createElement('div');
          box.append(renderMarkdown(text));
          return box.textContent;
        }
        """,
        text);
}
