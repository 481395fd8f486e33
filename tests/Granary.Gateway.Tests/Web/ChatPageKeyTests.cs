using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Tests.Running;
using Microsoft.Playwright;

namespace Granary.Gateway.Tests.Web;

/// <summary>The chat page at a gateway that wants a key.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class ChatPageKeyTests(KeyedGateway gateway, Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Page_withoutAKey_asksForOneUntilItIsGoodAndRemembersIt()
    {
        var key = await gateway.CreateKeyAsync("acme");
        var page = await browser.OpenAsync(gateway.Url, prepare: page =>
        {
            page.DOMContentLoaded += (_, _) => _ = EnterAsync(page, key);
            return Task.CompletedTask;
        });

        await page.Locator("#text").FillAsync("Hello there");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".message.assistant .bubble")).ToContainTextAsync("Hello there");
        await page.ReloadAsync();
        await page.Locator("#connection[data-state=connected]").WaitForAsync();
        await Assertions.Expect(page.Locator("#key-wanted")).ToBeHiddenAsync();
    }

    // By keyboard alone; first a wrong one.
    private static async Task EnterAsync(IPage page, KeySecret key)
    {
        if (await page.EvaluateAsync<bool>("localStorage.getItem('granary.key') !== null"))
            return;
        await page.Locator("#key-wanted[open]").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.TypeAsync("gr-wrong");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#key-problem").WaitForAsync();
        await page.Keyboard.TypeAsync(key.ToString());
        await page.Keyboard.PressAsync("Enter");
    }
}
