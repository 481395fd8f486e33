using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Serving;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

public sealed class ChoiceMergerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task MergeAsync_frames_of_each_choice_come_whole_and_in_order(int choices)
    {
        var engine = new CountingEngine();

        var frames = await ReadAsync(engine, choices);

        foreach (var choice in frames.GroupBy(frame => frame.Choice))
        {
            Assert.Equal(Enumerable.Range(0, CountingEngine.Tokens), choice.SelectMany(frame => frame.Tokens));
            Assert.NotNull(choice.Last().FinishReason);
        }

        Assert.Equal(choices, frames.Select(frame => frame.Choice).Distinct().Count());
        Assert.Equal(0, engine.Running);
    }

    [Fact]
    public async Task MergeAsync_others_start_when_the_first_has_its_first_token()
    {
        var engine = new CountingEngine();

        await ReadAsync(engine, 3);

        Assert.Equal(["0 starts", "0 has a token", "1 starts", "2 starts"], engine.Log.Where(entry => !entry.EndsWith("token", StringComparison.Ordinal) || entry[0] == '0').Take(4));
    }

    [Fact]
    public async Task MergeAsync_a_choice_is_refused_before_anything_is_sent()
    {
        var engine = new CountingEngine { Refused = 2 };
        var seen = 0;

        var refusal = await Assert.ThrowsAsync<GranaryException>(async () =>
        {
            await foreach (var frame in ChoiceMerger.MergeAsync(Choices(engine, 3), CancellationToken.None))
            {
                seen++;
            }
        });

        Assert.Equal((ErrorCode.Overloaded, 0, 0), (refusal.Code, seen, engine.Running));
    }

    [Fact]
    public async Task MergeAsync_reader_that_leaves_ends_all_choices()
    {
        var engine = new CountingEngine();
        await foreach (var frame in ChoiceMerger.MergeAsync(Choices(engine, 4), CancellationToken.None))
        {
            if (frame.Choice == 3)
            {
                break;
            }
        }

        Assert.Equal(0, engine.Running);
    }

    private static ChoiceStream[] Choices(CountingEngine engine, int choices) =>
        [.. Enumerable.Range(0, choices).Select(i => new ChoiceStream(engine, i, new EngineRequest { RequestId = $"{i}", Prompt = new[] { 1 } }, null, 0))];

    private static async Task<List<TokenFrame>> ReadAsync(CountingEngine engine, int choices)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        var frames = new List<TokenFrame>();
        await foreach (var frame in ChoiceMerger.MergeAsync(Choices(engine, choices), limit.Token))
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>Tokens 0, 1, 2, … for everybody.</summary>
    private sealed class CountingEngine : IEngine
    {
        public const int Tokens = 20;
        private int _running;

        public int? Refused { get; init; }

        public int Running => Volatile.Read(ref _running);

        public List<string> Log { get; } = [];

        public ModelManifest Manifest => throw new NotSupportedException();

        public int ContextTokens => throw new NotSupportedException();

        public EngineStatus Status => throw new NotSupportedException();

        public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) => throw new NotSupportedException();

        public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => throw new NotSupportedException();

        public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
        {
            if (request.RequestId == $"{Refused}")
            {
                throw new GranaryException(ErrorCode.Overloaded, "Full.");
            }

            Interlocked.Increment(ref _running);
            Note($"{request.RequestId} starts");
            try
            {
                for (var i = 0; i < Tokens; i++)
                {
                    await Task.Yield();
                    ct.ThrowIfCancellationRequested();
                    Note($"{request.RequestId} has a token");
                    yield return new EngineOutput { FirstIndex = i, Tokens = [i], Text = "", FinishReason = i == Tokens - 1 ? FinishReason.Length : null };
                }
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Note(string what)
        {
            lock (Log)
            {
                Log.Add(what);
            }
        }
    }
}
