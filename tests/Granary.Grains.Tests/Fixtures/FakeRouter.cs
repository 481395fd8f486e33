using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Granary.Serving;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A router whose every answer a test writes.</summary>
internal sealed class FakeRouter : IReplicaRouter
{
    private readonly Channel<Asked> _asked = Channel.CreateUnbounded<Asked>();

    /// <summary>The next generation that somebody asks for.</summary>
    public async Task<Asked> NextAsync() => await _asked.Reader.ReadAsync().AsTask().WaitAsync(TurnReading.Patience);

    public Task RequireServedAsync(string model) => Task.CompletedTask;

    public IAsyncEnumerable<ReplicaOutput> GenerateAsync(string model, GenerateRequest request, string? avoid = null, CancellationToken cancellationToken = default)
    {
        var asked = new Asked(request, avoid);
        _asked.Writer.TryWrite(asked);
        return asked.ReadAsync(cancellationToken);
    }

    internal sealed class Asked(GenerateRequest request, string? avoid)
    {
        private readonly Channel<ReplicaOutput> _outputs = Channel.CreateUnbounded<ReplicaOutput>();

        public GenerateRequest Request => request;

        public string? Avoid => avoid;

        /// <summary>Outputs that the reader has not taken yet.</summary>
        public int Unread => _outputs.Reader.Count;

        /// <summary>Ends when the reader is gone.</summary>
        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>A replica takes it.</summary>
        public Asked Accept(string shard)
        {
            _outputs.Writer.TryWrite(new ReplicaOutput(new ReplicaDescriptor { Model = "m", Fingerprint = "f", ShardKey = shard, Silo = shard, Zone = "z", MaxPositions = 100 }, null));
            return this;
        }

        public Asked Give(int first, int count = 1, Models.FinishReason? reason = null)
        {
            var tokens = Enumerable.Range(first, count).ToArray();
            Send(new TokenFrame { FirstIndex = first, Tokens = tokens, Text = string.Concat(tokens.Select(token => $"w{token} ")), FinishReason = reason });
            return this;
        }

        public Asked Beat(bool leaving = false, bool begun = false)
        {
            Send(new TokenFrame { FirstIndex = 0, Tokens = [], Text = "", IsHeartbeat = true, IsLeaving = leaving, HasBegun = begun });
            return this;
        }

        public void Fail(Exception exception) => _outputs.Writer.TryComplete(exception);

        public async IAsyncEnumerable<ReplicaOutput> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var output in _outputs.Reader.ReadAllAsync(cancellationToken))
                {
                    yield return output;
                }
            }
            finally
            {
                Left.TrySetResult();
            }
        }

        private void Send(TokenFrame frame) => _outputs.Writer.TryWrite(new ReplicaOutput(null, frame));
    }
}
