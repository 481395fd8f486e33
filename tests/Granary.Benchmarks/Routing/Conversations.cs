using Granary.Models;
using Granary.Models.Catalog;
using Granary.Serving;

namespace Granary.Benchmarks.Routing;

/// <summary>Conversations with the demo model on two replicas, which grow by a message and a reply each turn; their people think between two turns.</summary>
internal sealed class Conversations : IAsyncDisposable
{
    private const string Model = "granary-chat";
    private const int Replicas = 2;
    private const int MessageLength = 400; // characters: some hundred tokens
    private const int ReplyTokens = 16;
    private const double ThinkSeconds = 1.5; // mean

    private readonly DirectoryInfo _folder;
    private readonly RoutingCluster _cluster;
    private readonly string _text;

    private Conversations(DirectoryInfo folder, RoutingCluster cluster, string text) => (_folder, _cluster, _text) = (folder, cluster, text);

    public static async Task<Conversations> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("granary-bench-");
        await new ModelCatalog(folder.FullName).ImportAsync(new ImportRequest { Source = Repository.DemoModel, Name = Model }, progress: null, cancellationToken);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Granary:Models:Folder"] = folder.FullName,
            ["Granary:Engine:Threads"] = "1", // they share the machine
            ["Granary:Engine:Slots"] = "8",
            ["Granary:Engine:SlotTokens"] = "2048",
        };
        var cluster = await RoutingCluster.StartAsync(Model, [.. Enumerable.Repeat(((IReadOnlyDictionary<string, string?>)settings, (Granary.Shards.ILocalModelLoader?)null), Replicas)], cancellationToken);
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.DemoModel, "README.md"), cancellationToken);
        return new Conversations(folder, cluster, text);
    }

    /// <summary>Names of the policies that there are.</summary>
    public IReadOnlyList<string> Policies => _cluster.Policies;

    /// <summary>Holds conversations that nobody held before, under a policy.</summary>
    public async Task<ConversationTimes> RunAsync(string policy, int conversations, int turns, CancellationToken cancellationToken)
    {
        await _cluster.UseAsync(policy, cancellationToken);
        var name = Guid.NewGuid().ToString("N");
        var replies = (await Task.WhenAll(Enumerable.Range(0, conversations).Select(number => HoldAsync(name, number, turns, cancellationToken)))).SelectMany(replies => replies).ToArray();
        double[] first = [.. replies.Select(reply => reply.FirstToken.TotalMilliseconds).Order()];
        return new ConversationTimes(
            first[first.Length / 2], first[(int)(first.Length * 0.9)], 100.0 * replies.Sum(reply => reply.Usage.CachedTokens) / replies.Sum(reply => reply.Usage.PromptTokens));
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<List<RoutedReply>> HoldAsync(string name, int number, int turns, CancellationToken cancellationToken)
    {
        var (random, messages, replies) = (new Random(number), new List<ChatMessage>(), new List<RoutedReply>());
        for (var turn = 0; turn < turns; turn++)
        {
            await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * ThinkSeconds), cancellationToken);
            var at = random.Next(_text.Length - MessageLength);
            messages.Add(new ChatMessage(ChatRole.User, $"{name} {number}: {_text.Substring(at, MessageLength)}"));
            var reply = await _cluster.AskAsync(
                new GenerateRequest
                {
                    RequestId = $"{name}/{number}/{turn}",
                    SessionId = $"{name}/{number}",
                    Messages = [.. messages],
                    Sampling = new SamplingParameters { Temperature = 0, MaxTokens = ReplyTokens, IgnoreEndOfSequence = true },
                    LastReplica = replies.LastOrDefault()?.Replica.ShardKey,
                },
                cancellationToken);
            messages.Add(new ChatMessage(ChatRole.Assistant, reply.Text));
            replies.Add(reply);
        }

        return replies;
    }
}

/// <summary>What a run gave.</summary>
/// <param name="P50">Median time to the first token, in milliseconds.</param>
/// <param name="P90">The time that nine of ten turns keep within.</param>
/// <param name="CachedPercent">Part of all prompt tokens whose keys and values were at hand.</param>
internal readonly record struct ConversationTimes(double P50, double P90, double CachedPercent);
