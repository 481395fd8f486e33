using System.Text.Json;
using Granary.Identity;
using Granary.Serving;
using Granary.TokenLog;

namespace Granary.Tenants;

/// <summary>What the turns that have not ended were admitted with, by the token log.</summary>
internal sealed class OpenReservations(ITokenLog log)
{
    /// <summary>Those of a tenant. One read a turn: only for when a silo has died.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    public async Task<IReadOnlyCollection<Reservation>> OfAsync(string tenant, CancellationToken cancellationToken)
    {
        var found = new List<Reservation>();
        foreach (var (turn, _) in await log.ListOpenAsync(cancellationToken))
        {
            if (IsOf(tenant, turn) && await log.ReadAsync(turn, cancellationToken) is { IsClosed: false, Request: { Length: > 0 } header } && Read(header) is { } reservation)
            {
                found.Add(reservation);
            }
        }

        return found;
    }

    private static bool IsOf(string tenant, TurnKey turn) => GrainId.TryParse(turn.Owner, null, out var owner) && OwnedKey.TenantOf(owner.Key.ToString()!) == tenant;

    // A conversation's turn keeps its reservation beside the model, a completion's in its request.
    private static Reservation? Read(byte[] header)
    {
        using var json = JsonDocument.Parse(header);
        return json.RootElement.TryGetProperty(nameof(TurnHeader.Reservation), out var own)
            || (json.RootElement.TryGetProperty("Request", out var request) && request.TryGetProperty(nameof(GenerateRequest.Reservation), out own))
            ? own.Deserialize<Reservation>()
            : null;
    }
}
