using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace Granary.Conformance.Reentrancy;

/// <summary>Each method raises <c>key/in</c> and stays inside until <c>key/go</c>.</summary>
public interface IHoldingGrain : IGrainWithStringKey
{
    Task HoldAsync();

    [ReadOnly]
    Task ReadAsync();

    [AlwaysInterleave]
    Task InterleaveAsync();

    Task MaybeAsync(string mode);

    [AlwaysInterleave]
    Task PeekAsync();
}

public interface IPlainGrain : IHoldingGrain;

public interface IReentrantGrain : IHoldingGrain;

internal abstract class HoldingGrain : Grain, IHoldingGrain
{
    public Task HoldAsync() => StayAsync();

    public Task ReadAsync() => StayAsync();

    public Task InterleaveAsync() => StayAsync();

    public Task MaybeAsync(string mode) => StayAsync();

    public Task PeekAsync() => Task.CompletedTask;

    private async Task StayAsync()
    {
        Signals.Raise($"{this.GetPrimaryKeyString()}/in");
        await Signals.WaitAsync($"{this.GetPrimaryKeyString()}/go");
    }
}

[MayInterleave(nameof(AllowsMode))]
internal sealed class PlainGrain : HoldingGrain, IPlainGrain
{
    public static bool AllowsMode(IInvokable request) => request.GetArgumentCount() == 1 && request.GetArgument(0) is "free";
}

[Reentrant]
internal sealed class ReentrantGrain : HoldingGrain, IReentrantGrain;

public interface ICallbackGrain : IGrainWithStringKey
{
    /// <summary>Calls <paramref name="other"/>, which calls back here.</summary>
    [ResponseTimeout("00:00:20")]
    Task<string> CallThroughAsync(ICallbackGrain other, bool allowReentrancy);

    [ResponseTimeout("00:00:01")]
    Task<string> CallBackAsync(ICallbackGrain caller);

    [ResponseTimeout("00:00:01")]
    Task<string> AnswerAsync();
}

internal sealed class CallbackGrain : Grain, ICallbackGrain
{
    public async Task<string> CallThroughAsync(ICallbackGrain other, bool allowReentrancy)
    {
        if (!allowReentrancy)
        {
            return await other.CallBackAsync(this.AsReference<ICallbackGrain>());
        }

        using (RequestContext.AllowCallChainReentrancy())
        {
            return await other.CallBackAsync(this.AsReference<ICallbackGrain>());
        }
    }

    public Task<string> CallBackAsync(ICallbackGrain caller) => caller.AnswerAsync();

    public Task<string> AnswerAsync() => Task.FromResult("answered");
}
