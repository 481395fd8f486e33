using Granary.Identity;
using Granary.Tenants;
using Granary.TokenLog;
using Granary.Turns;

namespace Granary.Completions;

/// <summary>A completion that runs on this silo, or has just ended here. It needs no activation of its grain.</summary>
internal sealed class CompletionRun
{
    private readonly Lock _lock = new();
    private Action? _whenLeft;
    private bool _hasLeft;

    /// <param name="key">Its grain's key.</param>
    /// <param name="completion">What is asked.</param>
    /// <param name="header">The same, as the log has it.</param>
    /// <param name="keep">How long the log keeps it.</param>
    /// <param name="services">What it needs of the silo.</param>
    public CompletionRun(string key, CompletionHeader completion, byte[] header, TimeSpan keep, TurnServices services)
    {
        (Model, RunsUnread) = (completion.Model, completion.Request.RunsUnread);
        Turn = new Turn(
            new TurnPlan
            {
                Owner = GrainId.Create(CompletionGrain.Type, key),
                Key = PlaceOf(key),
                SessionId = OwnedKey.IdOf(key),
                Model = completion.Model,
                Request = completion.Request,
                Header = header,
                Read = static first => CompletionHeader.FromBytes(first).Request,
                Keep = keep,
                Complete = static _ => Task.CompletedTask,
                Left = Leave,
            },
            services);
    }

    public Turn Turn { get; }

    /// <summary>Who answers.</summary>
    public string Model { get; }

    /// <summary>Whether it goes on when nobody reads it.</summary>
    public bool RunsUnread { get; }

    /// <summary>How far its tenant was from its limits at the start; <see langword="null"/> where it has none, or where it was found in the log.</summary>
    public RateLimits? Rates { get; init; }

    /// <summary>Its place in the log.</summary>
    public static TurnKey PlaceOf(string key) => new($"{CompletionGrain.Type}/{key}", 0);

    /// <summary>Calls back when it goes on elsewhere, before <see cref="Turn.Completion"/> ends; at once where it has gone.</summary>
    public void WhenLeft(Action call)
    {
        lock (_lock)
        {
            if (!_hasLeft)
            {
                _whenLeft += call;
                return;
            }
        }

        call();
    }

    private void Leave()
    {
        Action? calls;
        lock (_lock)
        {
            (calls, _hasLeft) = (_whenLeft, true);
        }

        calls?.Invoke();
    }
}
