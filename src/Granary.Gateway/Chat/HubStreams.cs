using System.Runtime.CompilerServices;
using Granary.Gateway.OpenAi;
using Granary.Sessions;

namespace Granary.Gateway.Chat;

/// <summary>What hub filters must know of methods that stream: they return long before they end.</summary>
internal static class HubStreams
{
    /// <summary>Whether a method's result is a stream.</summary>
    public static bool IsStream(Type result) => result.IsGenericType && result.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>);

    /// <summary>Calls <paramref name="ended"/> at the end of a stream; <see langword="null"/> for what is none.</summary>
    public static object? Ending(object? result, Action ended) => result switch
    {
        IAsyncEnumerable<TurnEvent> turn => WatchAsync(turn, ended),
        IAsyncEnumerable<CompletionEvent> completion => WatchAsync(completion, ended),
        _ => null,
    };

    private static async IAsyncEnumerable<T> WatchAsync<T>(IAsyncEnumerable<T> stream, Action ended, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (var item in stream.WithCancellation(cancellationToken))
                yield return item;
        }
        finally
        {
            ended();
        }
    }
}
