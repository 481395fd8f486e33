namespace Granary.Errors;

/// <summary>Everything a caller can do wrong or must retry. The set is closed and the names are stable; see <see cref="ErrorCodes"/>.</summary>
public enum ErrorCode
{
    /// <summary>A bug or a broken machine; the log has the details.</summary>
    Internal = 0,

    /// <summary>The request is malformed: bad JSON, a missing or unknown field, a value out of range.</summary>
    InvalidRequest,

    /// <summary>Messages are not in an order that a chat can have.</summary>
    InvalidRoleOrder,

    /// <summary>The body, a header or a message is larger than the limit.</summary>
    TooLarge,

    /// <summary>Prompt and requested output do not fit into the model's context.</summary>
    ContextLengthExceeded,

    /// <summary>No silo serves a model of that name.</summary>
    ModelNotFound,

    /// <summary>No such conversation.</summary>
    SessionNotFound,

    /// <summary>The conversation is answering another message. Retryable.</summary>
    SessionBusy,

    /// <summary>All replicas have full queues. Retryable.</summary>
    Overloaded,

    /// <summary>The silo that answered went away, or no replica is up. Retryable.</summary>
    Unavailable,

    /// <summary>State could not be read or written. Retryable.</summary>
    StoreUnavailable,

    /// <summary>The caller stopped or left.</summary>
    Cancelled,

    /// <summary>No such completion, or it is forgotten.</summary>
    CompletionNotFound,

    /// <summary>No key or token came, or one that opens nothing (any more).</summary>
    InvalidApiKey,

    /// <summary>The key or token is good, but not for this.</summary>
    PermissionDenied,

    /// <summary>No such API key.</summary>
    KeyNotFound,

    /// <summary>The tenant's limit of requests, tokens or streams is reached. Retryable; <see cref="GranaryException.Limits"/> says when.</summary>
    RateLimitExceeded,

    /// <summary>The tenant's tokens of the day or month are used up.</summary>
    InsufficientQuota,

    /// <summary>The tenant may not use this model.</summary>
    ModelNotAllowed,

    /// <summary>The idempotency key stands for another request.</summary>
    IdempotencyKeyReused,
}
