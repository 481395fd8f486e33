namespace Granary.Conformance.Filters;

public interface IFilteredGrain : IGrainWithStringKey
{
    Task<int> DoubleAsync(int number);

    Task<int> DoubleThroughAsync(IFilteredGrain other, int number);

    Task<string[]> GetSeenAsync();

    Task<int> RefuseAsync();

    IAsyncEnumerable<int> StreamAsync();
}

/// <summary>Filters its own calls: adds one to every integer result.</summary>
internal sealed class FilteredGrain : Grain, IFilteredGrain, IIncomingGrainCallFilter
{
    private readonly List<string> _seen = [];

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        _seen.Add(context.MethodName);
        await context.Invoke();
        if (context.Result is int number)
        {
            context.Result = number + 1;
        }
    }

    public Task<int> DoubleAsync(int number) => Task.FromResult(2 * number);

    public Task<int> DoubleThroughAsync(IFilteredGrain other, int number) => other.DoubleAsync(number);

    public Task<string[]> GetSeenAsync() => Task.FromResult(_seen.ToArray());

    public Task<int> RefuseAsync() => throw new NotSupportedException("Not this one.");

    public async IAsyncEnumerable<int> StreamAsync()
    {
        await Task.Yield();
        yield return 1;
    }
}

/// <summary>Registered for every silo; notes the calls of <see cref="IFilteredGrain"/>, and turns one exception into a result.</summary>
internal sealed class SiloFilter : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not FilteredGrain grain)
        {
            await context.Invoke();
            return;
        }

        Signals.Raise($"{grain.GetPrimaryKeyString()}/incoming/{context.InterfaceMethod.Name}");
        try
        {
            await context.Invoke();
        }
        catch (NotSupportedException)
        {
            context.Result = -1;
        }
    }

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod?.DeclaringType == typeof(IFilteredGrain))
        {
            Signals.Raise($"{context.TargetId.Key}/outgoing/{context.MethodName}");
        }

        await context.Invoke();
    }
}
