using Granary.Engine.Grammar;
using Granary.Engine.Sampling;
using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests.Sampling;

public sealed class SamplingStateTests
{
    private static readonly ModelManifest Model = ToyEngine.Manifest with { EndOfSequenceTokens = [3, 90] };

    [Fact]
    public void Apply_min_tokens_masks_every_end_of_sequence_token_until_then()
    {
        var state = new SamplingState(SamplingResolver.ResolveFor(Model, new() { MinTokens = 2 }), []);
        for (int accepted = 0; accepted < 4; accepted++)
        {
            float[] logits = new float[101];
            state.Apply(logits);
            Assert.Equal(accepted < 2 ? [3, 90] : [], Enumerable.Range(0, 101).Where(id => float.IsNegativeInfinity(logits[id])));
            state.Accept(5);
        }
    }

    [Fact]
    public void Apply_constraint_leaves_what_it_allows_and_hears_what_was_chosen()
    {
        var constraint = new OneAfterTheOther([7, 8]);
        var state = new SamplingState(SamplingResolver.ResolveFor(Model, new() { LogitBias = [new(9, 100)] }), []) { Constraint = constraint };
        Assert.Equal([7], Possible(state));
        state.Accept(7);
        Assert.Equal([8], Possible(state));
        Assert.Throws<InvalidOperationException>(() => state.Accept(9));
    }

    [Fact]
    public void Apply_constraint_that_is_at_its_end_ends_before_min_tokens()
    {
        var state = new SamplingState(SamplingResolver.ResolveFor(Model, new() { MinTokens = 50 }), []) { Constraint = new OneAfterTheOther([7, 3]) };
        state.Accept(7);
        Assert.Equal([3], Possible(state));
    }

    private static IEnumerable<int> Possible(SamplingState state)
    {
        float[] logits = new float[101];
        state.Apply(logits);
        return Enumerable.Range(0, 101).Where(id => !float.IsNegativeInfinity(logits[id]));
    }

    private sealed class OneAfterTheOther(int[] tokens) : ITokenConstraint
    {
        private readonly ulong[] _allowed = new ulong[2];
        private int _next;

        public ReadOnlySpan<ulong> AllowedTokens
        {
            get
            {
                _allowed.AsSpan().Clear();
                _allowed[tokens[_next] / 64] = 1UL << (tokens[_next] % 64);
                return _allowed;
            }
        }

        public bool IsFinished => _next == tokens.Length;

        public void Accept(int token) => _next = token == tokens[_next] ? _next + 1 : throw new InvalidOperationException();

        public void Prepare()
        {
        }
    }
}
