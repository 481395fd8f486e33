using Granary.Shards;

namespace Granary.Grains.Tests.Shards.Experts;

/// <summary>Answers with its number.</summary>
internal sealed class ExpertDouble : IExpertGrain
{
    private int _asked;
    private int _running;

    public float Value { get; set; }

    public volatile TaskCompletionSource? Hold;

    public int Asked => _asked;

    public int MostAtOnce { get; private set; }

    public async Task<ExpertReply> RunAsync(ExpertBatch batch)
    {
        Interlocked.Increment(ref _asked);
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
        await (Hold?.Task ?? Task.CompletedTask);
        Interlocked.Decrement(ref _running);
        return new ExpertReply { Sums = BitConverter.GetBytes(Value) };
    }
}
