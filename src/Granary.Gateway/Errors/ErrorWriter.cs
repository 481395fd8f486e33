using System.Globalization;
using Granary.Errors;
using Granary.Gateway.OpenAi;

namespace Granary.Gateway.Errors;

/// <summary>Writes a <see cref="CallerError"/>: OpenAI's body under <c>/v1</c>, problem details (RFC 9457) elsewhere.</summary>
internal static class ErrorWriter
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Writes the whole response, which must not have started.</summary>
    public static Task WriteAsync(HttpContext context, CallerError error)
    {
        var response = context.Response;
        RequestId.ClearOthers(response);
        response.StatusCode = error.HttpStatus;
        if (error.Limits is { } limits)
            RateLimitHeaders.WriteRefusal(response, limits);
        else if (error.Code.IsRetryable())
            response.Headers.RetryAfter = ((int)RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (error.HttpStatus == StatusCodes.Status413PayloadTooLarge)
            response.Headers.Connection = "close";

        return context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
            ? response.WriteAsJsonAsync(OpenAiErrorBody.From(error), OpenAiJson.Default.OpenAiErrorBody, cancellationToken: context.RequestAborted)
            : Results.Problem(error.Message, statusCode: error.HttpStatus, extensions: [new("code", error.Code.Name())]).ExecuteAsync(context);
    }
}
