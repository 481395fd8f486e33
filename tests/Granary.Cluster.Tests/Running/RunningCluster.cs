using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Host.Chat;
using Granary.Host.Local;

namespace Granary.Cluster.Tests.Running;

/// <summary>What <c>granary up</c> started: real silo processes and, with zones, real PostgreSQL and Redis.</summary>
public abstract class RunningCluster(params string[] upArguments) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly string _data = Directory.CreateTempSubdirectory("granary-cluster-").FullName;

    public Cli Cli { get; private set; } = null!;

    internal LocalState State => LocalState.Load(Paths) ?? throw new InvalidOperationException("nothing is running");

    internal GranaryPaths Paths => new(Cli.RepositoryRoot) { DataFolder = _data };

    internal IReadOnlyList<ManagedProcess> Silos => [.. State.Processes.Where(process => process.Url is not null)];

    public async ValueTask InitializeAsync()
    {
        // Conversations and models of a developer's own installation are left alone.
        Cli = new Cli(_data);
        await PrepareAsync();
        var up = await Cli.RunAsync([.. upArguments, "--port", $"{FreePort.AtOrAfter(21000)}"]);
        Assert.True(up.ExitCode == 0, up.Output + up.Error);
    }

    /// <summary>Runs before <c>up</c>.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Cli.RunAsync("down");
        if (Directory.Exists(UnprivilegedUser.StoreFolder(_data)))
        {
            Directory.Delete(UnprivilegedUser.StoreFolder(_data), recursive: true);
        }

        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    /// <summary>Deploys one replica of a model and waits until it is ready.</summary>
    /// <returns>Names of the silos of its stages.</returns>
    internal async Task<string[]> DeployAsync(string model, int stages)
    {
        var deployed = await Cli.RunAsync("model", "deploy", model, "--stages", $"{stages}", "--wait", "--json");
        Assert.True(deployed.ExitCode == 0, deployed.Error);
        var planned = JsonDocument.Parse(deployed.Output).RootElement.GetProperty("plan").GetProperty("replicas")[0].GetProperty("stages").EnumerateArray();
        var silos = planned.Select(stage => stage.GetProperty("silo").GetString()!).ToArray();
        Assert.Equal(stages, silos.Length);
        return silos;
    }

    /// <summary>Creates a conversation at a gateway.</summary>
    internal static async Task<string> CreateAsync(Uri gateway)
    {
        await using var hub = await ConnectAsync(gateway);
        return (await hub.InvokeAsync<Created>("Create", CancellationToken.None, new { model = LocalCluster.DemoModel })).Id;
    }

    /// <summary>Says something at a gateway and returns the whole reply.</summary>
    internal static async Task<Reply> SayAsync(Uri gateway, string session, string text)
    {
        await using var hub = await ConnectAsync(gateway);
        var reply = new Reply("", null, null, null);
        await foreach (var turn in hub.StreamAsync<Turn>("Send", [session, new { text, sampling = new { temperature = 0 } }], CancellationToken.None))
        {
            reply = reply with
            {
                Text = reply.Text + turn.Frame?.Text,
                Silo = turn.Silo ?? reply.Silo,
                Zone = turn.Zone ?? reply.Zone,
                FinishReason = turn.Frame?.FinishReason ?? reply.FinishReason,
            };
        }

        return reply;
    }

    /// <summary>The messages of a conversation, as a gateway tells them.</summary>
    internal static async Task<Message[]> HistoryAsync(Uri gateway, string session)
    {
        await using var hub = await ConnectAsync(gateway);
        return (await hub.InvokeAsync<History>("History", CancellationToken.None, session)).Messages;
    }

    /// <summary>Repeats what is refused with a retryable code, as a client does while a silo's death is not yet declared.</summary>
    internal static async Task<T> RetryAsync<T>(Func<Task<T>> action)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await action();
            }
            catch (HubException refusal) when (refusal.Code is "unavailable" or "session_busy" && TimeProvider.System.GetElapsedTime(begin) < Patience)
            {
                await Task.Delay(100);
            }
        }
    }

    internal static async Task<HubConnection> ConnectAsync(Uri gateway)
    {
        var hub = new HubConnection();
        await hub.StartAsync(new Uri(gateway, "hubs/chat"), CancellationToken.None);
        return hub;
    }

    internal sealed record Reply(string Text, string? Silo, string? Zone, string? FinishReason);

    internal sealed record Message(string Role, string Content);

    private sealed record Created(string Id);

    private sealed record History(Message[] Messages);

    private sealed record Turn(string? Silo, string? Zone, Frame? Frame);

    private sealed record Frame(string Text, [property: JsonPropertyName("finishReason")] string? FinishReason);
}
