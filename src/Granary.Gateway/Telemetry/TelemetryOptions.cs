using System.ComponentModel.DataAnnotations;

namespace Granary.Gateway.Telemetry;

/// <summary>What the silo tells about itself; section <c>Granary:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Granary:Telemetry";

    /// <summary>Whether <c>/metrics</c> has vLLM's metrics under their own names, too, for dashboards and autoscalers that know those.</summary>
    /// <value>Default <see langword="false"/>: under <c>granary:</c> alone.</value>
    public bool VllmNames { get; set; }

    /// <summary>Whether traces have what was said and answered. Who reads the traces then reads everybody's conversations.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool MessageContents { get; set; }

    /// <summary>Where traces and metrics are sent, by OTLP over HTTP; <c>/v1/traces</c> (protobuf) and <c>/v1/metrics</c> (JSON) are appended.</summary>
    /// <value>For example <c>http://collector:4318</c>. Default none: nothing is traced, and <c>/metrics</c> alone has metrics.</value>
    [RegularExpression("https?://.+", ErrorMessage = "must be an address such as http://collector:4318")]
    public string? OtlpEndpoint { get; set; }

    /// <summary>Whether metrics are sent there, too.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool OtlpMetrics { get; set; } = true;

    /// <summary>How often metrics are sent there.</summary>
    /// <value>1 second to 1 hour, default 15 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "must be 1 second to 1 hour, as in 00:00:15")]
    public TimeSpan OtlpMetricsInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Part of the traces that are kept, of those that no caller has decided about.</summary>
    /// <value>0–1, default 1.</value>
    [Range(0.0, 1.0)]
    public double TraceSampling { get; set; } = 1;

    /// <summary>How log entries are written.</summary>
    /// <value><c>text</c> (default), or <c>json</c>: an object a line, with the ids of the trace that the entry belongs to.</value>
    [AllowedValues("text", "json")]
    public string Logs { get; set; } = "text";
}
