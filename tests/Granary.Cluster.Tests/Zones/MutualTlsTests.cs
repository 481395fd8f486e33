using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Granary.Host.Local;

namespace Granary.Cluster.Tests.Zones;

/// <summary>Silos that speak mutual TLS, and others that would like to join them.</summary>
[Trait("Category", "Slow")]
public sealed class MutualTlsTests(TwoTlsZones cluster) : IClassFixture<TwoTlsZones>
{
    // A silo with a certificate has joined long before.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task Silos_withCertificates_serveConversationsTogether_inNothingThatCanBeRead()
    {
        await UntilActiveAsync("az-a", "az-b");
        var session = await RunningCluster.CreateAsync(cluster.Silos[0].Url!);
        await RunningCluster.SayAsync(cluster.Silos[0].Url!, session, "Hello");

        Assert.NotEmpty(await RunningCluster.HistoryAsync(cluster.Silos[1].Url!, session));
        var variables = VariablesOf(cluster.Silos[0]);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", int.Parse(variables["Granary__Silo__SiloPort"]), TestContext.Current.CancellationToken);
        await socket.SendAsync(new byte[512], TestContext.Current.CancellationToken);
        var answer = new byte[4096];
        Assert.True(await ReadAsync(socket, answer) == 0 || answer[0] == 21, "it answered something else than a TLS alert"); // 21: alert
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silo_withoutACertificateOfTheCluster_cannotJoin(bool hasAnothers)
    {
        await UntilActiveAsync("az-a", "az-b");
        using (var stranger = Start(hasAnothers ? cluster.Stranger : []))
        {
            await Task.WhenAny(stranger.Process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(Long, TestContext.Current.CancellationToken));
            Assert.False(await stranger.IsReadyAsync());
            Assert.Equal(["az-a", "az-b"], await ActiveAsync());
        }

        using var certified = Start(cluster.Certified); // the certificate is all that it lacked
        await UntilActiveAsync("az-a", "az-b", "az-c");
    }

    /// <summary>A third silo with what the first one has in its environment, but for its certificate.</summary>
    private ThirdSilo Start(Dictionary<string, string> certificate)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.AtOrAfter(24000)}");
        var start = new Cli(cluster.Cli.Data);
        foreach (var (name, value) in VariablesOf(cluster.Silos[0]).Where(variable => !variable.Key.StartsWith("Granary__Clustering__", StringComparison.Ordinal) || variable.Key.EndsWith("ConnectionString", StringComparison.Ordinal)).Concat(certificate))
        {
            start.Environment[name] = value;
        }

        start.Environment["Granary__Gateway__Urls__0"] = url.GetLeftPart(UriPartial.Authority);
        start.Environment["Granary__Silo__SiloPort"] = $"{FreePort.AtOrAfter(14111)}";
        start.Environment["Granary__Silo__GatewayPort"] = "0";
        start.Environment["Granary__Health__RestartInPlace"] = "false";
        return new(start.Start("silo", "--config", cluster.Paths.SiloConfig("az-c")), url);
    }

    private static Dictionary<string, string> VariablesOf(ManagedProcess silo) => File.ReadAllText($"/proc/{silo.Id}/environ").Split('\0')
        .Where(variable => variable.StartsWith("Granary__", StringComparison.Ordinal)).Select(variable => variable.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    private async Task<string[]> ActiveAsync()
    {
        using var http = new HttpClient { BaseAddress = cluster.Silos[0].Url };
        using var answer = await http.GetAsync("api/cluster", TestContext.Current.CancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return []; // a silo that was killed is still being asked
        }

        var status = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return [.. status.GetProperty("silos").EnumerateArray().Where(silo => silo.GetProperty("status").GetString() == "active").Select(silo => silo.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)];
    }

    private async Task UntilActiveAsync(params string[] silos)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!(await ActiveAsync()).SequenceEqual(silos))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<int> ReadAsync(Socket socket, byte[] answer)
    {
        try
        {
            return await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (SocketException)
        {
            return 0; // reset
        }
    }

    private sealed class ThirdSilo : IDisposable
    {
        private readonly HttpClient _http;

        public ThirdSilo(Process process, Uri url)
        {
            Process = process;
            _http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(5) };
            process.OutputDataReceived += static (_, _) => { }; // read, so that the silo can go on writing
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public async Task<bool> IsReadyAsync()
        {
            try
            {
                using var answer = await _http.GetAsync("health/ready", TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }

        public void Dispose()
        {
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit();
            Process.Dispose();
            _http.Dispose();
        }
    }
}
