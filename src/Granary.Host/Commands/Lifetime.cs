using System.CommandLine;
using System.Globalization;

namespace Granary.Host.Commands;

/// <summary>Times as people write them: 30s, 10m, 12h, 90d.</summary>
internal static class Lifetime
{
    public static Option<TimeSpan?> Option(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (Parse(result.Tokens[0].Value) is { } time)
            {
                return time;
            }

            result.AddError($"{name} takes a time such as 30s, 10m, 12h or 90d");
            return null;
        },
    };

    public static long? Seconds(TimeSpan? time) => (long?)time?.TotalSeconds;

    private static TimeSpan? Parse(string text) => text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        }
        : null;
}
