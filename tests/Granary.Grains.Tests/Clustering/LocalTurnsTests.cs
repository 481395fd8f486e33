using Granary.Sessions;

namespace Granary.Grains.Tests.Clustering;

public sealed class LocalTurnsTests
{
    private readonly LocalTurns _turns = new();

    [Fact]
    public async Task WhenEmpty_ends_with_the_last_turn()
    {
        var (first, second) = (new Turn("a"), new Turn("b"));
        Assert.True(_turns.WhenEmptyAsync(CancellationToken.None).IsCompleted);
        _turns.Register(first);
        _turns.Register(second);

        var empty = _turns.WhenEmptyAsync(CancellationToken.None);
        _turns.Remove(first);
        Assert.False(empty.IsCompleted);
        _turns.Remove(second);
        _turns.Remove(second);

        await empty;
        Assert.Equal(0, _turns.Count);
    }

    [Fact]
    public async Task DetachAll_detaches_each_and_returns_them()
    {
        Turn[] turns = [new("a"), new("b"), new("b")];
        Array.ForEach(turns, _turns.Register);

        Assert.Contains("session/a", _turns.Owners());
        Assert.DoesNotContain("session/c", _turns.Owners());
        var detached = await _turns.DetachAllAsync();

        Assert.All(turns, turn => Assert.True(turn.IsDetached));
        Assert.Equal(3, detached.Count);
    }

    private sealed class Turn(string owner) : ITurnHandle
    {
        public GrainId Owner { get; } = GrainId.Create("session", owner);

        public int Number => 0;

        public bool IsDetached { get; private set; }

        public Task DetachAsync()
        {
            IsDetached = true;
            return Task.CompletedTask;
        }
    }
}
