using Granary.Errors;
using Granary.Serving;
using Granary.Tenants;

namespace Granary.Gateway.Errors;

/// <summary>What a caller is told of a failure: a stable code and a sentence, never an exception's insides.</summary>
/// <param name="Code">The reason.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Parameter">The request field at fault, if there is one.</param>
/// <param name="Status">The HTTP status, where it is not the code's usual one.</param>
/// <param name="Limits">Of a refusal by a tenant's limits: how far it is from them.</param>
internal sealed record CallerError(ErrorCode Code, string Message, string? Parameter = null, int? Status = null, RateLimits? Limits = null)
{
    /// <summary>The HTTP status.</summary>
    public int HttpStatus => Status ?? Code.HttpStatus();

    /// <summary>Translates an exception; whatever is not known to be the caller's business becomes <see cref="ErrorCode.Internal"/>.</summary>
    public static CallerError From(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(ErrorCode.TooLarge, "The body is larger than this gateway takes."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(ErrorCode.InvalidRequest, "The body arrived too slowly; send it again.", Status: StatusCodes.Status408RequestTimeout),
        BadHttpRequestException bad => new(ErrorCode.InvalidRequest, "The request is not valid HTTP.", Status: bad.StatusCode),
        _ => From(GrainErrors.Translate(exception)),
    };

    private static CallerError From(GranaryException refusal) => new(refusal.Code, refusal.Message, refusal.Parameter, Limits: refusal.Limits);
}
