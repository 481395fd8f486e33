using Microsoft.Playwright;

namespace Granary.Gateway.Tests.Web;

/// <summary>Debian's Chromium, without a window.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A fresh profile with one page, which fails the test on any error in its console.</summary>
    public async Task<IPage> OpenAsync(Uri url, int width = 1280, int height = 800, Func<IPage, Task>? prepare = null)
    {
        var page = await OpenBareAsync(url, width, height, prepare);
        await page.Locator("#connection[data-state=connected]").WaitForAsync();
        await page.Locator("#model option").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>The same, for who knows what the page will have when it is ready.</summary>
    public async Task<IPage> OpenBareAsync(Uri url, int width = 1280, int height = 800, Func<IPage, Task>? prepare = null, ColorScheme colours = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = colours });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        Errors = [];
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => Errors.Add(error);
        if (prepare is not null)
            await prepare(page);
        await page.GotoAsync(url.ToString());
        return page;
    }

    /// <summary>What the last opened page complained of: script errors, refusals of the Content-Security-Policy, missing files.</summary>
    public List<string> Errors { get; private set; } = [];

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
