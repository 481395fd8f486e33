using System.Net;
using System.Security.Cryptography;
using System.Text;
using Granary.Errors;
using Granary.Gateway.Webhooks;
using Granary.Grains.Tests.Fixtures;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Tenants;

/// <summary>Alerts, told to a real receiver.</summary>
public sealed class WebhookTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly Dictionary<string, string?> Settings = new() { ["Granary:Webhooks:AllowPrivateTargets"] = "true", ["Granary:Webhooks:FirstRetry"] = "00:00:00.1" };

    [Fact]
    public async Task Receiver_thatFailsFirst_getsEachAlertSigned_inItsOrder_underOneId()
    {
        await using var receiver = await WebhookReceiver.StartAsync(toRefuse: 2);
        await using var cluster = await StartAsync();
        await SetAsync(cluster, receiver, limit: 1000);

        await UseAsync(cluster, 1000);
        await Waiting.UntilAsync(() => receiver.Taken.Count() == 3);

        Assert.Equal([50, 80, 100], receiver.Taken.Select(attempt => attempt.Percent).Order());
        Assert.Equal(5, receiver.Attempts.Count);
        Assert.Equal(3, receiver.Attempts.Select(attempt => attempt.Id).Distinct().Count());
        Assert.All(receiver.Attempts, attempt => Assert.Equal(
            $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes($"{attempt.Id}.{attempt.Timestamp}.{attempt.Body}")))}", attempt.Signature));
        var data = receiver.Taken.First().Json.GetProperty("data");
        Assert.Equal(("local", "day", 1000), (data.GetProperty("tenant").GetString(), data.GetProperty("limit").GetString(), data.GetProperty("limitTokens").GetInt32()));
        Assert.Equal("tenant.tokens", receiver.Taken.First().Json.GetProperty("type").GetString());
        await TenantGrainTests.StatusAsync(cluster, status => status.Webhook is { Waiting: 0, DeliveredAt: not null, Failure: null });
    }

    [Fact]
    public async Task Receiver_isToldOfWhatWasUsed_notOfWhatWasReserved()
    {
        await using var receiver = await WebhookReceiver.StartAsync(toRefuse: 0);
        await using var cluster = await StartAsync();
        await SetAsync(cluster, receiver, limit: 1000);

        var reservation = (await TenantGrainTests.AdmitAsync(cluster, 0, "long", 940)).Request.Reservation!;
        var status = await TenantGrainTests.StatusAsync(cluster, status => status.DayTokens == reservation.Tokens);
        Assert.Equal((0, null), (status.Webhook!.Waiting, status.Webhook.DeliveredAt));
        await SettleAsync(cluster, reservation, 510);
        await TenantGrainTests.StatusAsync(cluster, status => status is { DayTokens: 510, Webhook: { Waiting: 0, DeliveredAt: not null } });

        Assert.Equal([50], receiver.Taken.Select(attempt => attempt.Percent));
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Alert_whoseSiloIsKilled_isDeliveredAfterwards_thoughNobodyAsksForItsTenant()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await WebhookReceiver.StartAsync(toRefuse: int.MaxValue);
        await using (var first = await StartAsync(folder.File("granary.db")))
        {
            await SetAsync(first, receiver, limit: 1000);
            await UseAsync(first, 1000);
            await Waiting.UntilAsync(() => receiver.Attempts.Count > 1);
            await first.Inner.KillSiloAsync(first.Inner.Silos[0]);
        }

        receiver.ToRefuse = 0;
        await using var second = await StartAsync(folder.File("granary.db"));
        await Waiting.UntilAsync(() => receiver.Taken.Count() >= 3);

        Assert.Equal([50, 80, 100], receiver.Taken.DistinctBy(attempt => attempt.Id).Select(attempt => attempt.Percent).Order());
        Assert.Contains(receiver.Taken.First().Id, receiver.Attempts.Where(attempt => !attempt.IsTaken).Select(attempt => attempt.Id));
    }

    [Theory]
    [InlineData("http://example.com/x")]
    [InlineData("https://localhost/x")]
    [InlineData("https://127.0.0.1/x")]
    [InlineData("https://[::1]/x")]
    [InlineData("https://[::ffff:10.0.0.1]/x")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://0x7f.1/x")]
    [InlineData("https://user:secret@example.com/x")]
    [InlineData("ftp://example.com/x")]
    [InlineData("nonsense")]
    [InlineData("https://xn--\u00e4.com/x")] // a name that cannot be asked for
    public void Check_ofATargetThatOnlyTheSiloCanReach_isRefused(string url) =>
        Assert.Equal("url", Assert.Throws<GranaryException>(() => Targets().Check(url)).Parameter);

    [Fact]
    public async Task Send_toAnAddressThatCannotBeAskedFor_says_whyNot()
    {
        using var sender = new WebhookSender(Targets(), Microsoft.Extensions.Options.Options.Create(new WebhookOptions()), TimeProvider.System);
        var alert = new TokenAlert { Id = "a", At = TimeProvider.System.GetUtcNow(), Kind = QuotaKind.DayTokens, Period = "2026-11-28", Percent = 50, Limit = 2, Used = 1 };

        Assert.NotNull(await sender.SendAsync("local", new Webhook { Url = "https://xn--\u00e4.com/", Secret = Secret }, alert));
    }

    [Fact]
    public async Task Delivery_thatFailsInAWayNobodyThoughtOf_holdsNoOtherUp()
    {
        var sender = new ThrowingSender();
        await using var cluster = await GranaryCluster.StartAsync(1, settings: Settings, configure: services => services.AddSingleton<IWebhookSender>(sender));
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = 1000 });
        await Grain(cluster).SetWebhookAsync(new Webhook { Url = "https://example.com", Secret = Secret });

        await UseAsync(cluster, 1000);
        await TenantGrainTests.StatusAsync(cluster, status => status.Webhook is { Waiting: 0, DeliveredAt: not null });

        Assert.Equal([50, 80, 100], sender.Taken.Order());
    }

    [Fact]
    public void Check_ofAPublicTarget_passes() => Targets().Check("https://example.com:8443/granary?x=1");

    [Fact]
    public async Task Connect_toANameThatLeadsToTheSilosMachine_isRefused()
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(async () => await Targets().ConnectAsync(new DnsEndPoint("localhost", 80), TestContext.Current.CancellationToken));

        Assert.Contains("own machine", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", false)]
    [InlineData("172.15.0.1", false)]
    [InlineData("172.31.255.255", true)]
    [InlineData("192.168.1.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("2606:4700::1111", false)]
    public void IsOwn_tellsTheSilosNetworksFromOthers(string address, bool isOwn) => Assert.Equal(isOwn, WebhookTargets.IsOwn(IPAddress.Parse(address)));

    private static Task<GranaryCluster> StartAsync(string? database = null) => GranaryCluster.StartAsync(
        1, database, Settings, configure: services => services.AddSingleton<WebhookTargets>().AddSingleton<IWebhookSender, WebhookSender>());

    private static WebhookTargets Targets() => new(Microsoft.Extensions.Options.Options.Create(new WebhookOptions()));

    private static ITenantGrain Grain(GranaryCluster cluster) => cluster.Client.GetGrain<ITenantGrain>("local");

    private static async Task SetAsync(GranaryCluster cluster, WebhookReceiver receiver, long limit)
    {
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = limit });
        await Grain(cluster).SetWebhookAsync(new Webhook { Url = receiver.Url, Secret = Secret });
    }

    /// <summary>Uses so many tokens, in two requests.</summary>
    private static async Task UseAsync(GranaryCluster cluster, int tokens)
    {
        var probe = (await TenantGrainTests.AdmitAsync(cluster, 0, "probe")).Request.Reservation!;
        var turn = (await TenantGrainTests.AdmitAsync(cluster, 0, "turn", tokens - (int)probe.Tokens - ((int)probe.Tokens - 1))).Request.Reservation!;
        await Task.WhenAll(SettleAsync(cluster, probe, (int)probe.Tokens), SettleAsync(cluster, turn, (int)turn.Tokens));
    }

    private static Task SettleAsync(GranaryCluster cluster, Reservation reservation, int tokens) => cluster.Silo(0).GetRequiredService<TenantQuotas>().SettleAsync(
        reservation, new UsageRecord { Turn = reservation.Turn, Day = reservation.Day, Key = "", Model = GranaryCluster.Model, PromptTokens = tokens }, CancellationToken.None);

    /// <summary>Fails with the first alert, before it has begun, until others were taken.</summary>
    private sealed class ThrowingSender : IWebhookSender
    {
        public List<int> Taken { get; } = [];

        public void Check(string url)
        {
        }

        public Task<string?> SendAsync(string tenant, Webhook webhook, TokenAlert alert)
        {
            if (alert.Percent == 50 && Taken.Count < 2)
            {
                throw new UriFormatException("No.");
            }

            Taken.Add(alert.Percent);
            return Task.FromResult<string?>(null);
        }
    }
}
