using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Tenants;

/// <summary>A tenant's limits over real silos that are killed: what its callers were answered is held against what it may have.</summary>
[Trait("Category", "Slow")]
public sealed class LimitsWhileSilosDieTests(LimitedCluster limited, ITestOutputHelper output) : IClassFixture<LimitedCluster>
{
    private const int Calls = 1000;
    private const int Limit = 300;
    private const string Prompt = "Hi";
    private const int OutputTokens = 2;

    // A membership that has seen the death, then the lease's return, and some for a machine that does much else.
    private static readonly TimeSpan Returned = LimitedCluster.ReturnAfter + TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThousandCalls_whileSilosAreKilled_areLetThroughToTheLimitAndNotOneMore()
    {
        await limited.Cluster.WaitUntilReadyAsync(Token);
        using var callers = new Callers(limited.Cluster, await CreateKeyAsync("chaotic"));
        var tokens = await callers.CostAsync();
        await SetLimitsAsync("chaotic", new { tokensPerDay = Limit * tokens }); // nothing counted before there was a limit

        var calls = Enumerable.Range(0, Calls).Select(i => callers.CallAsync($"call-{i}")).ToArray();
        foreach (var victim in new[] { "az-c", "az-b" })
        {
            await callers.UntilAnsweredAsync(Limit / 6);
            limited.Cluster[victim].Kill();
        }

        var admitted = (await Task.WhenAll(calls)).Count(isAdmitted => isAdmitted);
        output.WriteLine($"{admitted} of {Limit} while two of three silos were killed; tokens {callers.Tokens} of {Limit * tokens}");
        Assert.InRange(admitted, Limit / 3, Limit);

        var began = TimeProvider.System.GetTimestamp();
        var later = 0;
        for (var i = 0; admitted + later < Limit && TimeProvider.System.GetElapsedTime(began) < Returned; i++)
        {
            later += await callers.CallAsync($"later-{i}") ? 1 : 0;
            await Task.Delay(50, Token);
        }

        output.WriteLine($"{later} later, after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        output.WriteLine(await StatusAsync("chaotic"));
        for (var i = 0; i < 50; i++)
        {
            Assert.False(await callers.CallAsync($"beyond-{i}"));
        }

        Assert.Equal(Limit, admitted + later);
        Assert.Equal(Limit * tokens, callers.Tokens);
    }

    [Fact]
    public async Task RevokedKey_isRefusedByEverySiloWithinASecond()
    {
        await limited.Cluster.WaitUntilReadyAsync(Token); // the other test kills some
        using var callers = new Callers(limited.Cluster, await CreateKeyAsync("revoked"));
        var id = callers.Key[3..19];
        foreach (var silo in limited.Cluster.Silos)
        {
            Assert.Equal(HttpStatusCode.OK, await callers.StatusAsync(silo.Url)); // each knows the key now
        }

        using var admin = new HttpClient();
        using var revoked = await admin.DeleteAsync(new Uri(limited.Cluster["az-a"].Url, $"admin/keys/{id}"), Token);
        revoked.EnsureSuccessStatusCode();
        await Task.Delay(TimeSpan.FromSeconds(1), Token);

        foreach (var silo in limited.Cluster.Silos)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await callers.StatusAsync(silo.Url));
        }
    }

    // From their own machine gateways take operators without a key.
    private async Task<string> CreateKeyAsync(string tenant)
    {
        using var admin = new HttpClient();
        using var created = await admin.PostAsJsonAsync(new Uri(limited.Cluster["az-a"].Url, "admin/keys"), new { tenant, name = tenant }, Token);
        return (await created.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("key").GetString()!;
    }

    private async Task<string> StatusAsync(string tenant)
    {
        using var admin = new HttpClient();
        return await admin.GetStringAsync(new Uri(limited.Cluster["az-a"].Url, $"admin/tenants/{tenant}"), Token);
    }

    private async Task SetLimitsAsync(string tenant, object limits)
    {
        using var admin = new HttpClient();
        using var set = await admin.PutAsJsonAsync(new Uri(limited.Cluster["az-a"].Url, $"admin/tenants/{tenant}/limits"), limits, Token);
        Assert.True(set.IsSuccessStatusCode, await set.Content.ReadAsStringAsync(Token));
        await Task.Delay(TimeSpan.FromSeconds(1), Token); // a silo that knew of no limit may have admitted without counting until now
    }

    /// <summary>Callers at all gateways, which ask again elsewhere, for the same, when theirs dies.</summary>
    private sealed class Callers : IDisposable
    {
        private readonly ChaosCluster _cluster;
        private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(3) };
        private int _answered;
        private int _next;
        private long _tokens;

        public Callers(ChaosCluster cluster, string key)
        {
            (_cluster, Key) = (cluster, key);
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        public string Key { get; }

        /// <summary>Tokens of all calls that were let through, by what they were told.</summary>
        public long Tokens => Volatile.Read(ref _tokens);

        /// <summary>Tokens that each call reserves and uses, found by the first.</summary>
        public async Task<long> CostAsync()
        {
            using var response = await _client.SendAsync(Request(_cluster["az-a"].Url, "first"), Token);
            return await TokensAsync(response.EnsureSuccessStatusCode());
        }

        public async Task<HttpStatusCode> StatusAsync(Uri gateway)
        {
            using var response = await _client.GetAsync(new Uri(gateway, "v1/models"), Token);
            return response.StatusCode;
        }

        /// <returns>Whether it was let through; <see langword="false"/>: it was refused by the limit.</returns>
        public async Task<bool> CallAsync(string id)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
            limit.CancelAfter(TimeSpan.FromMinutes(5));
            while (true)
            {
                var gateway = _cluster.Silos[Interlocked.Increment(ref _next) % _cluster.Silos.Count].Url;
                try
                {
                    using var response = await _client.SendAsync(Request(gateway, id), limit.Token);
                    if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.TooManyRequests)
                    {
                        Interlocked.Add(ref _tokens, response.IsSuccessStatusCode ? await TokensAsync(response) : 0);
                        Interlocked.Increment(ref _answered);
                        return response.IsSuccessStatusCode;
                    }

                    Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    // The gateway died; another one knows what became of it.
                }

                await Task.Delay(100, limit.Token);
            }
        }

        public async Task UntilAnsweredAsync(int count)
        {
            var until = Volatile.Read(ref _answered) + count;
            while (Volatile.Read(ref _answered) < until)
            {
                await Task.Delay(10, Token);
            }
        }

        private static async Task<long> TokensAsync(HttpResponseMessage response) =>
            (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("usage").GetProperty("total_tokens").GetInt64();

        public void Dispose() => _client.Dispose();

        private static HttpRequestMessage Request(Uri gateway, string id) => new(HttpMethod.Post, new Uri(gateway, "v1/completions"))
        {
            Headers = { { "Idempotency-Key", id } },
            Content = JsonContent.Create(new { model = ChaosModel.Name, prompt = Prompt, max_tokens = OutputTokens, ignore_eos = true }),
        };
    }
}
