using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Identity;
using Granary.Serving;
using Granary.Tenants;

namespace Granary.Gateway.Admin.Tenants;

/// <summary>What a tenant has used, as JSON or CSV.</summary>
internal static class UsageEndpoint
{
    private const int MaxDays = 366;

    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/usage", UsageAsync).RequireAuthorization(Policies.TenantAdmin);

    private static async Task<IResult> UsageAsync(HttpContext context, IGrainFactory grains, TimeProvider time, string? tenant = null, string? from = null, string? to = null, string? format = null)
    {
        var last = Day(to, "to") ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = Day(from, "from") ?? DateOnly.FromDayNumber(Math.Max(0, last.DayNumber - 30));
        var days = last.DayNumber - first.DayNumber + 1;
        if (days is < 1 or > MaxDays)
            throw new GranaryException(ErrorCode.InvalidRequest, $"'from' to 'to' must be 1 to {MaxDays} days.", "from");
        if (format is not (null or "json" or "csv"))
            throw new GranaryException(ErrorCode.InvalidRequest, "'format' must be json or csv.", "format");

        var name = AdminRequest.TenantOf(Caller.Of(context.User), tenant);
        var rows = new List<UsageRow>();
        var since = first.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        await GrainErrors.GuardAsync(async () =>
        {
            foreach (var part in Enumerable.Range(since, days).Chunk(31))
                rows.AddRange((await Task.WhenAll(part.Select(day => grains.GetGrain<ITenantUsageGrain>(ITenantUsageGrain.KeyOf(name, day)).GetAsync()))).SelectMany(day => day));
        });
        return format == "csv" ? Results.Text(Csv(name, rows), "text/csv", Encoding.UTF8) : Results.Json(new { tenant = name, rows }, JsonSerializerOptions.Web);
    }

    private static string Csv(string tenant, IEnumerable<UsageRow> rows)
    {
        var text = new StringBuilder("day,tenant,key,model,requests,errors,prompt_tokens,cached_tokens,output_tokens\r\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"{row.Day},{Quoted(tenant)},{Quoted(row.Key)},{Quoted(row.Model)},{row.Requests},{row.Errors},{row.PromptTokens},{row.CachedTokens},{row.OutputTokens}\r\n");
        return text.ToString();
    }

    // RFC 4180; a name that a spreadsheet would take for a formula becomes text.
    private static string Quoted(string field)
    {
        var text = field.Length > 0 && "=+-@".Contains(field[0], StringComparison.Ordinal) ? "'" + field : field;
        return text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static DateOnly? Day(string? text, string name) => text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new GranaryException(ErrorCode.InvalidRequest, $"'{name}' must be a day as yyyy-MM-dd.", name);
}
