namespace Granary.Deployments.Planning;

/// <summary>Measured figures as a plan uses them: what was measured while a machine was busy differs a little from time to time, and no plan shall depend on that.</summary>
internal static class MeasuredFigures
{
    private const int Steps = 4; // speeds in quarters of the fastest

    /// <summary>A silo's speed relative to the fastest, in quarters and at least one: less than a quarter slower is as fast.</summary>
    /// <param name="rate">What the silo reached; 0 where it is not known.</param>
    /// <param name="fastest">What the fastest reached.</param>
    public static double Speed(double rate, double fastest) =>
        rate <= 0 || fastest <= 0 ? 1 : Math.Clamp(Math.Ceiling(rate / fastest * Steps), 1, Steps) / Steps;

    /// <summary>How far away a round trip is: powers of two of half a millisecond, below which all are near. Unknown is farthest.</summary>
    /// <param name="milliseconds">The round trip; <see cref="double.MaxValue"/> where it is not known.</param>
    public static int Distance(double milliseconds) => milliseconds <= 0.5 ? 0 : (int)Math.Ceiling(Math.Log2(milliseconds / 0.5));
}
