namespace Granary.Gateway.Telemetry.Otlp;

/// <summary>Where a collector takes what, below <see cref="TelemetryOptions.OtlpEndpoint"/>.</summary>
public static class OtlpAddress
{
    private const string TracesPath = "/v1/traces";

    /// <summary>Where it takes traces.</summary>
    public static Uri Traces(string endpoint) => Below(endpoint, TracesPath);

    /// <summary>Where it takes metrics.</summary>
    public static Uri Metrics(string endpoint) => Below(endpoint, "/v1/metrics");

    // The whole address of the traces is taken for the collector's, too.
    private static Uri Below(string endpoint, string path)
    {
        var collector = endpoint.TrimEnd('/');
        return new((collector.EndsWith(TracesPath, StringComparison.Ordinal) ? collector[..^TracesPath.Length] : collector) + path);
    }
}
