using System.Diagnostics;
using Granary.Host.Local;

namespace Granary.Cluster.Tests.Running;

/// <summary>A silo alone, as a child of this process, so that its exit code can be seen.</summary>
internal sealed class LoneSilo : IDisposable
{
    private readonly Cli _cli = new(Directory.CreateTempSubdirectory("granary-alone-").FullName);

    private LoneSilo()
    {
    }

    public Process Process { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Ends when it is ready.</summary>
    /// <param name="health">The configuration's section Health.</param>
    /// <param name="serve">A model that it serves; none if empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LoneSilo> StartAsync(string health, string serve, CancellationToken cancellationToken)
    {
        var silo = new LoneSilo();
        var port = FreePort.AtOrAfter(23000);
        var config = Path.Combine(silo._cli.Data, "silo.json");
        await File.WriteAllTextAsync(config, $$"""
            {
              "Granary": {
                "Silo": { "Name": "alone", "SiloPort": {{FreePort.AtOrAfter(13111)}}, "GatewayPort": 0 },
                "Storage": { "ConnectionString": "{{Path.Combine(silo._cli.Data, "granary.db")}}" },
                "Models": { "Folder": "{{Path.Combine(silo._cli.Data, "models")}}" },
                "Health": {{health}},
                "Gateway": { "Urls": [ "http://127.0.0.1:{{port}}" ] }
              }
            }
            """, cancellationToken);
        if (serve.Length > 0)
        {
            var import = await silo._cli.RunAsync("model", "import", new GranaryPaths(Cli.RepositoryRoot).DemoModelSource, "--name", serve);
            Assert.True(import.ExitCode == 0, import.Error);
        }

        silo.Process = silo._cli.Start(["silo", "--config", config, .. serve.Length > 0 ? new[] { "--serve", serve } : []]);
        silo.Process.OutputDataReceived += static (_, _) => { }; // read, so that the silo can go on writing
        silo.Process.BeginOutputReadLine();
        silo.Process.BeginErrorReadLine();
        silo.Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(5) };
        await silo.UntilAsync(isReady: true, cancellationToken);
        return silo;
    }

    /// <summary>Ends when its gateway says that it is ready, or that it is not.</summary>
    public async Task UntilAsync(bool isReady, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await IsReadyAsync(limit.Token) != isReady)
        {
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }

    public void Dispose()
    {
        Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
        Http.Dispose();
        Directory.Delete(_cli.Data, recursive: true);
    }

    /// <returns><see langword="null"/> where nobody answers.</returns>
    private async Task<bool?> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync("health/ready", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
