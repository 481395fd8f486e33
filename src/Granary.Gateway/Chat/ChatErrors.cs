using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Gateway.Errors;
using Microsoft.AspNetCore.SignalR;

namespace Granary.Gateway.Chat;

/// <summary>Turns exceptions into <see cref="HubException"/>s whose message is <c>code: sentence</c>.</summary>
internal sealed partial class ChatErrors(ILogger<ChatErrors> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            if (invocationContext.HubMethodArguments.Contains(null))
                throw new GranaryException(ErrorCode.InvalidRequest, $"{invocationContext.HubMethodName} takes no null as an argument.");
            return await next(invocationContext);
        }
        catch (Exception exception) when (exception is not HubException)
        {
            throw Translate(exception);
        }
    }

    /// <summary>The same for a stream, whose exceptions come after the method has returned.</summary>
    public async IAsyncEnumerable<T> GuardAsync<T>(IAsyncEnumerable<T> stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var items = stream.GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(items))
            yield return items.Current;
    }

    private async ValueTask<bool> MoveNextAsync<T>(IAsyncEnumerator<T> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception exception) when (exception is not (HubException or OperationCanceledException))
        {
            throw Translate(exception);
        }
    }

    private HubException Translate(Exception exception)
    {
        var error = CallerError.From(exception);
        if (error.Code == ErrorCode.Internal)
            LogFailure(logger, exception);
        return new HubException($"{error.Code.Name()}: {error.Message}");
    }

    [LoggerMessage(4200, LogLevel.Error, "A hub method failed")]
    private static partial void LogFailure(ILogger logger, Exception exception);
}
