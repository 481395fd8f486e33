using Orleans.Concurrency;

namespace Granary.Conformance.Turns;

public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Raises <c>key/in</c> and stays inside until <c>key/go</c>.</summary>
    Task HoldAsync();

    Task AddAsync(string entry);

    Task<int> CountAfterYieldsAsync(int yields);

    Task<string[]> GetLogAsync();

    [AlwaysInterleave]
    Task PeekAsync();
}

internal sealed class TurnGrain : Grain, ITurnGrain
{
    private readonly List<string> _log = [];
    private int _inside;

    public async Task HoldAsync()
    {
        _log.Add("hold");
        Signals.Raise($"{this.GetPrimaryKeyString()}/in");
        await Signals.WaitAsync($"{this.GetPrimaryKeyString()}/go");
        _log.Add("held");
    }

    public Task AddAsync(string entry)
    {
        _log.Add(entry);
        return Task.CompletedTask;
    }

    public async Task<int> CountAfterYieldsAsync(int yields)
    {
        var most = ++_inside;
        for (var i = 0; i < yields; i++)
        {
            await Task.Yield();
            most = Math.Max(most, _inside);
        }

        _inside--;
        return most;
    }

    public Task<string[]> GetLogAsync() => Task.FromResult(_log.ToArray());

    public Task PeekAsync() => Task.CompletedTask;
}
