using System.Net.Http.Json;
using System.Text.Json;
using Granary.Audit;
using Granary.Gateway.Tests.Running;
using Granary.Identity;
using Granary.Tenants;
using Microsoft.Playwright;

namespace Granary.Gateway.Tests.Web;

/// <summary>The administration pages, as operators and tenants' administrators use them.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class AdminPageTests(KeyedGateway gateway, Browser browser) : IClassFixture<Browser>
{
    private readonly string _tenant = $"t{Guid.NewGuid():N}"[..12];

    [Fact]
    public async Task Operator_setsLimits_makesAKeyAndRevokesIt_andSeesWhoDidWhat()
    {
        var page = await OpenAsync("local", CallerRole.Operator, $"#limits/{_tenant}");

        await page.GetByLabel("Tokens a day").FillAsync("5000");
        await page.GetByText("Set these limits").ClickAsync();
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("within a second");
        await Assertions.Expect(page.GetByLabel($"Limits of {_tenant}")).ToContainTextAsync("of 5,000");

        await page.GetByRole(AriaRole.Link, new() { Name = "Keys" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("laptop");
        await page.Keyboard.PressAsync("Enter");
        var secret = await page.Locator("#secret").InnerTextAsync();
        using var client = gateway.CreateClient(secret);
        Assert.True((await client.GetAsync("v1/models")).IsSuccessStatusCode);
        await page.Keyboard.PressAsync("Enter"); // I have it
        await page.GetByLabel("Revoke laptop").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#confirm").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByLabel($"Keys of {_tenant}")).ToContainTextAsync("revoked");

        await page.GetByRole(AriaRole.Link, new() { Name = "Changes" }).ClickAsync();
        var changes = page.GetByLabel($"Changes of {_tenant}");
        await Assertions.Expect(changes).ToContainTextAsync("key.revoke");
        await Assertions.Expect(changes).ToContainTextAsync("limits.set");
        Assert.DoesNotContain(secret, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task TenantAdmin_seesHisOwnAlone_andAChangeElsewhereWithoutReloading()
    {
        var page = await OpenAsync(_tenant, CallerRole.TenantAdmin, "#limits/victim");

        await Assertions.Expect(page.GetByLabel($"Limits of {_tenant}")).ToBeVisibleAsync();
        Assert.Equal(["Usage", "Limits", "Alerts", "Keys", "Conversations", "Models", "Changes"], await page.Locator("#sections a").AllInnerTextsAsync());
        Assert.Equal(0, await page.GetByText("Set these limits").CountAsync());
        Assert.True(await page.Locator("#tenant-choice").IsHiddenAsync());

        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("local", CallerRole.Operator, KeyScopes.All)).ToString());
        using var answer = await client.PutAsJsonAsync($"admin/tenants/{_tenant}/limits", new { requestsPerMinute = 77 });
        Assert.True(answer.IsSuccessStatusCode);
        await Assertions.Expect(page.GetByLabel($"Limits of {_tenant}")).ToContainTextAsync("of 77");
        Assert.Empty(browser.Errors);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Cluster_showsSilosAndZones_andSaysWhyTheLastZoneCannotBeEvacuated()
    {
        var page = await OpenAsync("local", CallerRole.Operator, "#cluster");

        await Assertions.Expect(page.GetByLabel("Silos", new() { Exact = true })).ToContainTextAsync("test-silo");
        await Assertions.Expect(page.Locator("[data-zone=test-zone]")).ToContainTextAsync("takes work");
        await page.GetByLabel("Evacuate zone test-zone").ClickAsync();
        await page.Locator("#confirm").ClickAsync();
        await Assertions.Expect(page.Locator("#notice")).ToContainTextAsync("last one that takes work");
        await page.GetByLabel("Drain silo test-silo").ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("dialog")).ToHaveCountAsync(1); // the one that asks for keys
        var routing = page.GetByLabel("Requests find a replica by");
        await Assertions.Expect(routing).ToHaveValueAsync("kv-affinity");
        await routing.SelectOptionAsync("least-loaded");
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("by least-loaded");
        await routing.SelectOptionAsync("kv-affinity");
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("by kv-affinity");
        await page.GetByText("Back to the configuration").ClickAsync();
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("configuration says");
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Key_hasTheScopesThatWereChosen_andEndsWhenItWasSaidTo()
    {
        var page = await OpenAsync(_tenant, CallerRole.TenantAdmin, "#keys");

        await page.GetByLabel("Role").SelectOptionAsync("tenant-admin");
        await Assertions.Expect(page.GetByLabel("admin", new() { Exact = true })).ToBeCheckedAsync();
        await page.GetByLabel("Role").SelectOptionAsync("user");
        await page.GetByLabel("metrics", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("Name").FillAsync("scraper");
        await page.Keyboard.PressAsync("Enter");
        var secret = await page.Locator("#secret").InnerTextAsync();
        using var client = gateway.CreateClient(secret);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync("metrics")).StatusCode);
        await page.Keyboard.PressAsync("Enter"); // I have it

        await page.GetByLabel("Rotate scraper").ClickAsync();
        await page.GetByLabel("The old one ends").SelectOptionAsync("at once");
        await page.Locator("#confirm").ClickAsync();
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("ends at once");
        await Eventually.TrueAsync(async () => (await client.GetAsync("metrics")).StatusCode == System.Net.HttpStatusCode.Unauthorized, "the old key did not end");
        Assert.Empty(browser.Errors);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Changes_andTenants_ofSeveralPages_areAllThere()
    {
        var (trail, directory) = (gateway.Grains.GetGrain<IAuditGrain>(_tenant), gateway.Grains.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key));
        for (var i = 0; i < 101; i++)
        {
            await trail.AddAsync(new AuditEntry { At = TimeProvider.System.GetUtcNow(), Who = "test", What = "test", Target = $"change-{i}" });
            await directory.AddAsync($"many-{i}");
        }

        var page = await OpenAsync("local", CallerRole.Operator, $"#audit/{_tenant}");
        var changes = page.GetByLabel($"Changes of {_tenant}");
        await Assertions.Expect(changes.Locator("tbody tr")).ToHaveCountAsync(100);
        await page.GetByLabel("Pages of the tenant’s changes").GetByText("Older").ClickAsync();
        await Assertions.Expect(changes.Locator("tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(changes).ToContainTextAsync("change-0");
        await Assertions.Expect(page.Locator("#tenant option[value^=many-]")).ToHaveCountAsync(101);
        Assert.Empty(browser.Errors);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Usage_isAChartAndATable_ofWhatWasAsked()
    {
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync(_tenant)).ToString());
        using var answer = await client.PostAsJsonAsync("v1/chat/completions", new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = "Hello" } } });
        var prompt = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("usage").GetProperty("prompt_tokens").GetInt32();

        var page = await OpenAsync(_tenant, CallerRole.TenantAdmin, "#usage");

        var table = page.GetByRole(AriaRole.Region, new() { Name = "Usage by model" });
        await Assertions.Expect(table).ToContainTextAsync($"{EchoGateway.Model}1");
        Assert.Equal(30, await page.Locator(".chart .column").CountAsync());
        await Assertions.Expect(page.Locator(".chart title").Last).ToContainTextAsync($"{prompt} prompt");
        await page.GetByLabel("Sums by").SelectOptionAsync("day");
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Usage by day" })).ToContainTextAsync("20");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("Save as CSV").ClickAsync());
        Assert.Equal($"usage-{_tenant}.csv", download.SuggestedFilename);
        Assert.Empty(browser.Errors);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Webhook_isSetWithASecretThatIsShownOnce_andTakenAway()
    {
        var page = await OpenAsync(_tenant, CallerRole.TenantAdmin, "#alerts");

        await page.GetByLabel("Receiver").FillAsync("https://127.0.0.1/x");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#notice")).ToContainTextAsync("own machine");
        await page.GetByLabel("Receiver").FillAsync("https://example.com/x");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#secret")).ToContainTextAsync("whsec_");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#webhook")).ToContainTextAsync("https://example.com/x");
        await page.GetByText("Take it away").ClickAsync();
        await page.Locator("#confirm").ClickAsync();
        await Assertions.Expect(page.Locator("#webhook")).ToHaveCountAsync(0);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Conversations_areListedWithoutWhatWasSaid_andDeleted()
    {
        var id = await gateway.CreateSessionAsync(_tenant, "a secret title");
        var page = await OpenAsync(_tenant, CallerRole.TenantAdmin, "#sessions");

        var list = page.GetByLabel($"Conversations of {_tenant}");
        await Assertions.Expect(list).ToContainTextAsync(id);
        Assert.DoesNotContain("secret", await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByLabel($"Delete {id}").ClickAsync();
        await page.Locator("#confirm").ClickAsync();
        await Assertions.Expect(list).Not.ToContainTextAsync(id);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Conversations_ofSeveralPages_arePagedByKeyboard_toTheOldestAndBack()
    {
        var ids = new List<string>();
        for (var i = 0; i < 51; i++)
            ids.Add(await gateway.CreateSessionAsync(_tenant, "one of many"));
        var page = await OpenAsync(_tenant, CallerRole.TenantAdmin, "#sessions");
        var rows = page.GetByLabel($"Conversations of {_tenant}").Locator("tbody code");
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        var shown = (await rows.AllInnerTextsAsync()).ToHashSet();
        var older = page.GetByRole(AriaRole.Button, new() { Name = "Older" });
        var newer = page.GetByRole(AriaRole.Button, new() { Name = "Newer" });
        await Assertions.Expect(newer).ToBeDisabledAsync();

        await older.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(rows).ToHaveCountAsync(1);
        shown.Add(await rows.InnerTextAsync());
        Assert.Equal(ids.ToHashSet(), shown);
        await Assertions.Expect(older).ToBeDisabledAsync();
        await Assertions.Expect(older).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter"); // there is nothing older
        await page.Keyboard.PressAsync("Shift+Tab");
        await Assertions.Expect(newer).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        Assert.Empty(browser.Errors);
    }

    [Theory, Trait("Category", "Slow")]
    [InlineData("cluster")]
    [InlineData("tenants")]
    [InlineData("usage")]
    [InlineData("limits")]
    [InlineData("alerts")]
    [InlineData("keys")]
    [InlineData("sessions")]
    [InlineData("models")]
    [InlineData("audit")]
    public async Task Section_isReachedByKeyboard_namesItsControls_andFitsAPhone(string section)
    {
        var page = await OpenAsync("local", CallerRole.Operator, $"#{section}");
        await page.Locator("#content .card").First.WaitForAsync();

        var reached = new HashSet<string>();
        await page.EvaluateAsync("document.activeElement.blur()");
        for (var press = 0; press < 60; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.dataset.key || document.activeElement.className"));
        }

        var controls = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('main button, main a, main input, main select')].filter(node => node.checkVisibility() && !node.disabled).map(node => node.id || node.dataset.key)");
        Assert.Subset(reached, controls.ToHashSet());
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('button, a')].filter(node => !(node.getAttribute('aria-label') || node.textContent).trim()).length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('main input, main select')].filter(node => node.labels.length === 0).length"));
        await page.SetViewportSizeAsync(360, 720);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth && document.getElementById('content').scrollWidth <= innerWidth"));
        Assert.Empty(browser.Errors);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Colours_haveEnoughContrast_inLightAndDark()
    {
        foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await OpenAsync("local", CallerRole.Operator, "#cluster", colours);
            await page.Locator(".badge").First.WaitForAsync();
            var worst = await page.EvaluateAsync<double>(
                """
                () => {
                  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
                  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
                  const rgb = text => text.match(/[\d.]+/g).map(Number);
                  const ground = node => { for (; node; node = node.parentElement) { const c = rgb(getComputedStyle(node).backgroundColor); if ((c[3] ?? 1) > 0) return c; } return [255, 255, 255]; };
                  return Math.min(...[...document.querySelectorAll('main *, aside *')].filter(node => node.checkVisibility() && [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())).map(node => {
                    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))];
                    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                  }));
                }
                """);
            Assert.True(worst >= 4.5, $"{colours}: a text has a contrast of {worst:0.00}");
        }
    }

    private async Task<IPage> OpenAsync(string tenant, CallerRole role, string section, ColorScheme colours = ColorScheme.Light)
    {
        var key = await gateway.CreateKeyAsync(tenant, role, KeyScopes.All);
        var page = await browser.OpenBareAsync(
            new Uri(gateway.Url, "admin/" + section), prepare: page => page.AddInitScriptAsync($"localStorage.setItem('granary.key', '{key}')"), colours: colours);
        await page.Locator("#connection[data-state=connected]").WaitForAsync();
        return page;
    }
}
