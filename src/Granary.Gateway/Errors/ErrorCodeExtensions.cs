namespace Granary.Gateway.Errors;

/// <summary>How a refusal looks in HTTP.</summary>
internal static class ErrorCodeExtensions
{
    /// <summary>The HTTP status.</summary>
    public static int HttpStatus(this ErrorCode code) => code switch
    {
        ErrorCode.InvalidRequest or ErrorCode.InvalidRoleOrder or ErrorCode.ContextLengthExceeded => StatusCodes.Status400BadRequest,
        ErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.InvalidApiKey => StatusCodes.Status401Unauthorized,
        ErrorCode.PermissionDenied or ErrorCode.ModelNotAllowed => StatusCodes.Status403Forbidden,
        ErrorCode.ModelNotFound or ErrorCode.SessionNotFound or ErrorCode.CompletionNotFound or ErrorCode.KeyNotFound => StatusCodes.Status404NotFound,
        ErrorCode.SessionBusy => StatusCodes.Status409Conflict,
        ErrorCode.IdempotencyKeyReused => StatusCodes.Status422UnprocessableEntity,
        ErrorCode.Overloaded or ErrorCode.RateLimitExceeded or ErrorCode.InsufficientQuota => StatusCodes.Status429TooManyRequests,
        ErrorCode.Unavailable or ErrorCode.StoreUnavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>OpenAI's <c>type</c> of an error.</summary>
    public static string OpenAiType(this ErrorCode code) => code switch
    {
        ErrorCode.Overloaded or ErrorCode.RateLimitExceeded => "rate_limit_error",
        ErrorCode.InsufficientQuota => "insufficient_quota",
        ErrorCode.Unavailable or ErrorCode.StoreUnavailable or ErrorCode.Internal => "server_error",
        _ => "invalid_request_error",
    };
}
