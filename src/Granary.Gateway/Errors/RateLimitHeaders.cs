using System.Globalization;
using Granary.Tenants;

namespace Granary.Gateway.Errors;

/// <summary>OpenAI's headers about limits of a minute, and when to come again.</summary>
internal static class RateLimitHeaders
{
    /// <summary>Their names, for pages that are to read them.</summary>
    public static string[] All { get; } = [.. from what in new[] { "requests", "tokens" } from part in new[] { "limit", "remaining", "reset" } select $"x-ratelimit-{part}-{what}"];

    /// <summary>Writes those of the limits that there are.</summary>
    public static void Write(HttpResponse response, RateLimits rates)
    {
        Write(response, "requests", rates.LimitRequests, rates.RemainingRequests, rates.ResetRequests);
        Write(response, "tokens", rates.LimitTokens, rates.RemainingTokens, rates.ResetTokens);
    }

    /// <summary>Writes them, and those of a refusal.</summary>
    public static void WriteRefusal(HttpResponse response, RateLimits rates)
    {
        Write(response, rates);
        if (rates.RetryAfter is { } time)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            response.Headers["x-should-retry"] = "false"; // OpenAI's clients obey it
        }
    }

    /// <summary>A duration as OpenAI writes it: 1s, 6m0s, 250ms.</summary>
    internal static string Text(TimeSpan time)
    {
        var milliseconds = (long)Math.Ceiling(time.TotalMilliseconds);
        var seconds = milliseconds / 1000m;
        return milliseconds < 1000 ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms")
            : seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s")
            : string.Create(CultureInfo.InvariantCulture, $"{(long)seconds / 60}m{seconds % 60:0.###}s");
    }

    private static void Write(HttpResponse response, string what, long? limit, long remaining, TimeSpan reset)
    {
        if (limit is not { } most)
            return;
        response.Headers[$"x-ratelimit-limit-{what}"] = most.ToString(CultureInfo.InvariantCulture);
        response.Headers[$"x-ratelimit-remaining-{what}"] = remaining.ToString(CultureInfo.InvariantCulture);
        response.Headers[$"x-ratelimit-reset-{what}"] = Text(reset);
    }
}
