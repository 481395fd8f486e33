using System.Data.Common;
using Granary.Errors;
using Granary.Sessions;
using Orleans.Storage;

namespace Granary.Serving;

/// <summary>What the runtime throws, as the closed set of reasons that callers know.</summary>
public static class GrainErrors
{
    /// <summary>The reason behind <paramref name="exception"/>; a bug becomes <see cref="ErrorCode.Internal"/>.</summary>
    public static GranaryException Translate(Exception exception) => exception switch
    {
        GranaryException granary => granary,
        OperationCanceledException => new GranaryException(ErrorCode.Cancelled, "The request was stopped.", innerException: exception),
        InconsistentStateException => Store(exception),
        _ when IsUnavailable(exception) =>
            new GranaryException(ErrorCode.Unavailable, "The silo that was asked went away or did not answer in time. Try again.", innerException: exception),
        OrleansException when exception.InnerException is { } cause => Translate(cause), // the activation failed
        _ => new GranaryException(ErrorCode.Internal, "Something broke inside Granary; its log has the details.", innerException: exception),
    };

    /// <summary>
    /// Whether the one that was called is gone, overloaded or silent, so that another one may be asked. While the database of the membership is away, Orleans throws its
    /// driver's exception where a grain has to be found anew.
    /// </summary>
    public static bool IsUnavailable(Exception exception) =>
        exception is SiloUnavailableException or OrleansMessageRejectionException or EnumerationAbortedException or TimeoutException
            or GatewayTooBusyException or LimitExceededException or TurnMovedException or DbException;

    /// <summary>Runs a grain call and translates its failure.</summary>
    /// <exception cref="GranaryException">The call failed.</exception>
    public static async Task GuardAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (exception is not GranaryException)
        {
            throw Translate(exception);
        }
    }

    /// <summary>Reads or writes state; whatever fails is the store's failure.</summary>
    /// <exception cref="GranaryException"><see cref="ErrorCode.StoreUnavailable"/>.</exception>
    public static async Task GuardStoreAsync(Func<Task> access)
    {
        try
        {
            await access();
        }
        catch (Exception exception) when (exception is not GranaryException)
        {
            throw Store(exception);
        }
    }

    /// <summary>Whether another activation changed the state, so that this one is out of date and must go.</summary>
    internal static bool IsStale(GranaryException exception) => exception.Cause is InconsistentStateException;

    internal static GranaryException Store(Exception exception) =>
        new(ErrorCode.StoreUnavailable, "The store of conversations could not be read or written; nothing of this request was kept. Try again.", innerException: exception);
}
