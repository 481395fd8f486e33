namespace Granary.Gateway.Errors;

/// <summary>Turns exceptions and bare status codes into error bodies.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        RequestId.Begin(context.Response);
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // the caller left
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var error = CallerError.From(exception);
            if (error.Code == ErrorCode.Internal)
                LogFailure(logger, context.Request.Path, RequestId.Of(context.Response), exception);
            await ErrorWriter.WriteAsync(context, error);
            return;
        }

        if (!context.Response.HasStarted && IsBare(context.Response))
            await WriteBareAsync(context);
    }

    private static bool IsBare(HttpResponse response) =>
        response.StatusCode >= 400 && response.ContentLength is null && string.IsNullOrEmpty(response.ContentType);

    private static Task WriteBareAsync(HttpContext context)
    {
        var (status, request) = (context.Response.StatusCode, context.Request);
        var message = status switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {request.Method} {request.Path}.",
            StatusCodes.Status405MethodNotAllowed => $"{request.Path} does not take {request.Method}; it takes {context.Response.Headers.Allow}.",
            _ => $"The request was refused with status {status}.",
        };
        return ErrorWriter.WriteAsync(context, new(ErrorCode.InvalidRequest, message, Status: status));
    }

    [LoggerMessage(4000, LogLevel.Error, "{Path} failed ({RequestId})")]
    private static partial void LogFailure(ILogger logger, string path, string requestId, Exception exception);
}
