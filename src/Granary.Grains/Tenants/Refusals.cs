using System.Globalization;
using Granary.Errors;

namespace Granary.Tenants;

/// <summary>What callers are told when a tenant's limit stops them; whatever is told is counted.</summary>
internal static class Refusals
{
    public static GranaryException Exhausted(LeaseBalance balance, QuotaKind kind, long tokens)
    {
        var limit = balance.Limits![kind]!.Value;
        var retry = balance.RetryAfter(kind, tokens);
        var code = kind is QuotaKind.DayTokens or QuotaKind.MonthTokens ? ErrorCode.InsufficientQuota : ErrorCode.RateLimitExceeded;
        var what = kind switch
        {
            QuotaKind.Requests => "requests a minute",
            QuotaKind.Tokens => "tokens a minute",
            QuotaKind.DayTokens => "tokens a day",
            QuotaKind.MonthTokens => "tokens a month",
            _ => "replies at a time",
        };
        var message = retry is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"The limit of {limit} {what} is reached. Try again in {Math.Ceiling(time.TotalSeconds):0} s.")
            : string.Create(CultureInfo.InvariantCulture, $"The request needs {Quota.Of(kind, tokens)} of {limit} {what}, prompt and longest output together, and can never be admitted. Shorten it, or ask for less output.");
        return QuotaMetrics.Refused(new GranaryException(code, message, limits: balance.Rates(retry)));
    }

    public static GranaryException Model(string model) =>
        QuotaMetrics.Refused(new(ErrorCode.ModelNotAllowed, $"This tenant may not use the model '{model}'.", "model"));

    public static GranaryException Output(int asked, int limit) =>
        QuotaMetrics.Refused(new(ErrorCode.InvalidRequest, $"max_tokens is {asked}; this tenant may ask for {limit} tokens of output at most.", "max_tokens"));

    public static GranaryException Context(long asked, int limit) =>
        QuotaMetrics.Refused(new(ErrorCode.ContextLengthExceeded, $"Prompt and output have up to {asked} tokens together; this tenant may use {limit}. Shorten the prompt, or ask for less output.", "messages"));
}
