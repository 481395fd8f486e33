using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Granary.Errors;

namespace Granary.Tenants;

/// <summary>Requests that were let in, and those that were not.</summary>
internal static class QuotaMetrics
{
    private static readonly Meter Meter = new(GranaryTelemetry.Name);
    private static readonly Counter<long> Admissions = Meter.CreateCounter<long>("granary:admissions_total", "{request}", "Requests within their tenants' limits.");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("granary:quota_refusals_total", "{request}", "Requests that were refused because of their tenants' limits, by the error's code.");

    /// <summary>A request was let in.</summary>
    public static void Admitted() => Admissions.Add(1);

    /// <summary>A limit stopped a request.</summary>
    public static GranaryException Refused(GranaryException refusal)
    {
        Refusals.Add(1, new KeyValuePair<string, object?>("code", refusal.Code.Name()));
        return refusal;
    }
}
