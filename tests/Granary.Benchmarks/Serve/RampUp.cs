namespace Granary.Benchmarks.Serve;

/// <summary>A rate that grows while the load runs.</summary>
/// <param name="Strategy"><c>linear</c> or <c>exponential</c>.</param>
/// <param name="StartRps">Requests a second at the beginning, above 0.</param>
/// <param name="EndRps">Requests a second at the end.</param>
internal sealed record RampUp(string Strategy, int StartRps, int EndRps)
{
    /// <summary>The rate when a request is sent.</summary>
    public double RateOf(int request, int requests)
    {
        var progress = request / (double)Math.Max(requests - 1, 1);
        return Strategy == "linear" ? StartRps + ((EndRps - StartRps) * progress) : StartRps * Math.Pow(EndRps / (double)StartRps, progress);
    }
}
