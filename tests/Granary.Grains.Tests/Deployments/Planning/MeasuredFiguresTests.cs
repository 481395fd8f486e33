using Granary.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments.Planning;

public sealed class MeasuredFiguresTests
{
    [Theory]
    [InlineData(100, 1)]
    [InlineData(76, 1)] // a busy moment
    [InlineData(70, 0.75)]
    [InlineData(30, 0.5)]
    [InlineData(3, 0.25)]
    [InlineData(0, 1)] // not measured yet
    public void Speed_isInQuartersOfTheFastest(double rate, double speed) => Assert.Equal(speed, MeasuredFigures.Speed(rate, fastest: 100));

    [Theory]
    [InlineData(0.1, 0.45)]
    [InlineData(1.1, 1.9)]
    [InlineData(10, 15)]
    public void Distance_ofRoundTripsThatDifferLittle_isTheSame(double one, double other) => Assert.Equal(MeasuredFigures.Distance(one), MeasuredFigures.Distance(other));

    [Fact]
    public void Distance_unknown_isFarthest()
    {
        double[] rising = [0.2, 0.8, 3, 40, 5000, double.MaxValue];

        Assert.Equal(rising.Length, rising.Select(MeasuredFigures.Distance).Distinct().Count());
        Assert.Equal(rising, rising.OrderBy(MeasuredFigures.Distance));
    }
}
