using Granary.Completions;
using Granary.Gateway.Completions;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Granary.Gateway.Tests.Scripted;

/// <summary>A grain factory over what a test has chosen.</summary>
internal sealed class ScriptedGrains
{
    /// <summary>By id.</summary>
    public Dictionary<string, ScriptedSession> Sessions { get; } = [];

    /// <summary>The one that is started next, whatever its id.</summary>
    public ScriptedCompletion Completion { get; set; } = new(new ScriptedTurn());

    /// <summary>Gets what the gateway logs.</summary>
    public ILoggerProvider? Logs { get; init; }

    public bool IsDraining => false;

    /// <summary>Whether the silo is being emptied.</summary>
    public bool SendsAway { get; set; }

    /// <summary>Of no silo.</summary>
    public string Mark => "00000000";

    /// <summary><see cref="Completion"/>, on another silo.</summary>
    public ReachedCompletion Reached => new("", StandIn.For<ILocalCompletions>(this), Factory);

    public IGrainFactory Factory => StandIn.For<IGrainFactory>(this);

    public T GetGrain<T>(string key)
        where T : class =>
        typeof(T) == typeof(ISessionGrain) ? StandIn.For<T>(Sessions[key])
        : typeof(T) == typeof(ICompletionGrain) ? StandIn.For<T>(Completion)
        : typeof(T) == typeof(ISessionIndexGrain) ? StandIn.For<T>(new Index())
        : throw new NotSupportedException(typeof(T).Name);

    public bool TryStart(string key, string model, GenerateRequest request, out Task<RateLimits?> accepted)
    {
        accepted = Task.FromResult<RateLimits?>(null);
        return false;
    }

    public IAsyncEnumerable<TurnEvent>? Read(string key, int nextRecord, CancellationToken cancellationToken) => null;

    public bool TryStop(string key, out Task stopped)
    {
        stopped = Task.CompletedTask;
        return false;
    }

    public Task<IReadOnlyList<ServedModel>> ListAsync() =>
        Task.FromResult<IReadOnlyList<ServedModel>>([new ServedModel { Name = "m", Since = default, MaxPositions = 1, Replicas = 1 }]);

    private sealed class Index
    {
        public Task<SessionInfo[]> ListAsync(int skip, int take) => Task.FromResult<SessionInfo[]>([]);
    }
}
