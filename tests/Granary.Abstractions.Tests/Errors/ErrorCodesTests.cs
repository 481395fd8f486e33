using Granary.Errors;

namespace Granary.Abstractions.Tests.Errors;

public sealed class ErrorCodesTests
{
    /// <summary>Clients depend on these: a changed line is a broken client.</summary>
    [Fact]
    public void Name_is_stable() => Assert.Equal(
        [
            "internal_error", "invalid_request", "invalid_role_order", "too_large", "context_length_exceeded", "model_not_found",
            "session_not_found", "session_busy", "overloaded", "unavailable", "store_unavailable", "cancelled",
            "completion_not_found", "invalid_api_key", "permission_denied", "key_not_found", "rate_limit_exceeded", "insufficient_quota", "model_not_allowed",
        ],
        Enum.GetValues<ErrorCode>().Take(19).Select(code => code.Name()));

    [Fact]
    public void Name_of_every_code_is_its_own() =>
        Assert.Distinct(Enum.GetValues<ErrorCode>().Select(code => code.Name()));

    [Theory]
    [InlineData(ErrorCode.Overloaded, true)]
    [InlineData(ErrorCode.Unavailable, true)]
    [InlineData(ErrorCode.StoreUnavailable, true)]
    [InlineData(ErrorCode.SessionBusy, true)]
    [InlineData(ErrorCode.RateLimitExceeded, true)]
    [InlineData(ErrorCode.InsufficientQuota, false)]
    [InlineData(ErrorCode.InvalidRequest, false)]
    [InlineData(ErrorCode.ModelNotFound, false)]
    [InlineData(ErrorCode.Internal, false)]
    public void IsRetryable_is_true_for_what_passes(ErrorCode code, bool expected) => Assert.Equal(expected, code.IsRetryable());
}
