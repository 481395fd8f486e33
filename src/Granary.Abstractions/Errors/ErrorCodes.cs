namespace Granary.Errors;

/// <summary>The stable names of <see cref="ErrorCode"/>, as clients see them.</summary>
public static class ErrorCodes
{
    /// <summary>The name on the wire, for example <c>model_not_found</c>.</summary>
    public static string Name(this ErrorCode code) => code switch
    {
        ErrorCode.InvalidRequest => "invalid_request",
        ErrorCode.InvalidRoleOrder => "invalid_role_order",
        ErrorCode.TooLarge => "too_large",
        ErrorCode.ContextLengthExceeded => "context_length_exceeded",
        ErrorCode.ModelNotFound => "model_not_found",
        ErrorCode.SessionNotFound => "session_not_found",
        ErrorCode.SessionBusy => "session_busy",
        ErrorCode.Overloaded => "overloaded",
        ErrorCode.Unavailable => "unavailable",
        ErrorCode.StoreUnavailable => "store_unavailable",
        ErrorCode.Cancelled => "cancelled",
        ErrorCode.CompletionNotFound => "completion_not_found",
        ErrorCode.InvalidApiKey => "invalid_api_key",
        ErrorCode.PermissionDenied => "permission_denied",
        ErrorCode.KeyNotFound => "key_not_found",
        ErrorCode.RateLimitExceeded => "rate_limit_exceeded",
        ErrorCode.InsufficientQuota => "insufficient_quota",
        ErrorCode.ModelNotAllowed => "model_not_allowed",
        ErrorCode.IdempotencyKeyReused => "idempotency_key_reused",
        _ => "internal_error",
    };

    /// <summary>Whether the same request can succeed later without being changed.</summary>
    public static bool IsRetryable(this ErrorCode code) =>
        code is ErrorCode.SessionBusy or ErrorCode.Overloaded or ErrorCode.Unavailable or ErrorCode.StoreUnavailable or ErrorCode.RateLimitExceeded;
}
