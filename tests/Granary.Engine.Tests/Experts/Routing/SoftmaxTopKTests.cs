using Granary.Engine.Experts.Routing;

namespace Granary.Engine.Tests.Experts.Routing;

public sealed class SoftmaxTopKTests
{
    [Theory]
    [InlineData(8, 2, true)]
    [InlineData(8, 2, false)]
    [InlineData(61, 6, true)]
    [InlineData(128, 8, false)]
    [InlineData(256, 8, true)]
    [InlineData(300, 20, false)]
    [InlineData(5, 5, true)]
    public void Choose_equals_the_definition(int experts, int perToken, bool normalize)
    {
        var random = new Random(experts);
        IRoutingRule rule = RoutingRules.Find(normalize ? "softmax-top-k-normalized" : "softmax-top-k");
        var chosen = new int[perToken];
        var weights = new float[perToken];
        for (int round = 0; round < 100; round++)
        {
            // Whole and half numbers: equals occur.
            float[] logits = [.. Enumerable.Range(0, experts).Select(_ => random.Next(-20, 20) / 2f)];
            rule.Choose(logits, chosen, weights);

            double sum = logits.Sum(logit => Math.Exp(logit));
            (int Expert, double Weight)[] expected =
                [.. logits.Select((logit, expert) => (expert, Math.Exp(logit) / sum)).OrderByDescending(pair => pair.Item2).ThenBy(pair => pair.expert).Take(perToken)];
            double scale = normalize ? 1 / expected.Sum(pair => pair.Weight) : 1;
            Assert.Equal(expected.Select(pair => pair.Expert), chosen);
            Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First.Weight * scale, pair.Second, 1e-5));
        }
    }

    [Fact]
    public void Choose_equalLogits_takesTheFirstExperts()
    {
        var (chosen, weights) = (new int[4], new float[4]);

        RoutingRules.Find("softmax-top-k-normalized").Choose(new float[128], chosen, weights);

        Assert.Equal([0, 1, 2, 3], chosen);
        Assert.Equal([0.25f, 0.25f, 0.25f, 0.25f], weights);
    }

    [Fact]
    public void Choose_notANumber_isNotChosen()
    {
        var (chosen, weights) = (new int[2], new float[2]);
        float[] logits = [.. Enumerable.Range(0, 16).Select(expert => expert % 3 == 0 ? expert : float.NaN)];

        RoutingRules.Find("softmax-top-k-normalized").Choose(logits, chosen, weights);

        Assert.Equal([15, 12], chosen);
    }

    [Fact]
    public void Find_unknown_rule_says_which_are_known() =>
        Assert.Contains("softmax-top-k", Assert.Throws<InvalidDataException>(() => RoutingRules.Find("sigmoid")).Message, StringComparison.Ordinal);
}
