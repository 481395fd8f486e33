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
        ],
        Enum.GetValues<ErrorCode>().Take(12).Select(code => code.Name()));

    [Fact]
    public void Name_of_every_code_is_its_own() =>
        Assert.Distinct(Enum.GetValues<ErrorCode>().Select(code => code.Name()));

    [Theory]
    [InlineData(ErrorCode.Overloaded, true)]
    [InlineData(ErrorCode.Unavailable, true)]
    [InlineData(ErrorCode.StoreUnavailable, true)]
    [InlineData(ErrorCode.SessionBusy, true)]
    [InlineData(ErrorCode.InvalidRequest, false)]
    [InlineData(ErrorCode.ModelNotFound, false)]
    [InlineData(ErrorCode.Internal, false)]
    public void IsRetryable_is_true_for_what_passes(ErrorCode code, bool expected) => Assert.Equal(expected, code.IsRetryable());
}
