using Granary.Engine.Sampling;

namespace Granary.Engine.Tests.Sampling;

public sealed class TokenMaskTests
{
    [Fact]
    public void Apply_random_sets_leave_exactly_their_members()
    {
        var random = new Random(4);
        foreach (int size in (int[])[1, 63, 64, 65, 257])
        {
            for (int round = 0; round < 50; round++)
            {
                bool[] isMember = [.. Enumerable.Range(0, size).Select(id => round == 0 || (round > 1 && (id / 64 % 3 == round % 3 || random.Next(2) == 0)))];
                float[] logits = [.. Enumerable.Range(0, size).Select(id => (float)id)];
                TokenMask.Apply(logits, Set(isMember));
                Assert.Equal(isMember.Select((member, id) => member ? id : float.NegativeInfinity), logits);
            }
        }
    }

    [Theory]
    [InlineData(new[] { 70 }, new[] { 70 }, false)]
    [InlineData(new[] { 70, 2 }, new[] { 70 }, true)]
    [InlineData(new[] { 70, 2 }, new[] { 2, 70 }, false)]
    [InlineData(new[] { 1 }, new[] { 2 }, true)]
    public void AllowsOtherThan_set_and_tokens(int[] members, int[] tokens, bool expected) =>
        Assert.Equal(expected, TokenMask.AllowsOtherThan(Set([.. Enumerable.Range(0, 100).Select(members.Contains)]), tokens));

    private static ulong[] Set(bool[] isMember)
    {
        ulong[] words = new ulong[(isMember.Length + 63) / 64];
        for (int id = 0; id < isMember.Length; id++)
        {
            words[id / 64] |= isMember[id] ? 1UL << (id % 64) : 0;
        }

        return words;
    }
}
