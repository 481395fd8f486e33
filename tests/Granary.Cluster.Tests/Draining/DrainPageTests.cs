using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Web;
using Microsoft.Playwright;

namespace Granary.Cluster.Tests.Draining;

/// <summary>The buttons of the administration pages, on silos that really leave.</summary>
[Trait("Category", "Slow")]
public sealed class DrainPageTests(ThreeZones cluster, Browser browser) : IClassFixture<ThreeZones>, IClassFixture<Browser>
{
    [Fact]
    public async Task Buttons_evacuateAndRestoreAZone_andDrainASilo_whichThePageAndTheTrailShow()
    {
        var page = await browser.OpenBareAsync(new Uri(cluster.Silos[0].Url!, "admin/#cluster"));
        var zone = page.Locator("[data-zone=az-c]");

        await page.GetByLabel("Evacuate zone az-c").ClickAsync();
        await page.Locator("#confirm").ClickAsync();
        await Assertions.Expect(zone).ToContainTextAsync("evacuated");
        await page.GetByLabel("Restore zone az-c").ClickAsync();
        await Assertions.Expect(zone).ToContainTextAsync("takes work");

        await page.GetByLabel("Drain silo az-b").ClickAsync();
        await page.Locator("#confirm").ClickAsync();
        await Assertions.Expect(page.Locator("[data-zone=az-b]")).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (cluster.Silos[1].IsAlive())
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        using var http = new HttpClient { BaseAddress = cluster.Silos[0].Url };
        var trail = await http.GetFromJsonAsync<JsonElement[]>("admin/audit/cluster", TestContext.Current.CancellationToken);
        Assert.Equal(["silo.drain az-b", "zone.restore az-c", "zone.evacuate az-c"], trail!.Take(3).Select(entry => $"{entry.GetProperty("what").GetString()} {entry.GetProperty("target").GetString()}"));
        Assert.Equal(3, trail!.Count(entry => entry.GetProperty("what").GetString() == "model.serve"));
        Assert.Empty(browser.Errors);
    }
}
