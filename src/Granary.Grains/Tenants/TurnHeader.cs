using System.Text.Json;
using Granary.Serving;

namespace Granary.Tenants;

/// <summary>What the log keeps of a conversation's turn besides its tokens: enough to settle it when its owner has already stored the reply.</summary>
internal sealed record TurnHeader(string Model, Reservation Reservation)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary><see langword="null"/> of turns that were begun without one.</summary>
    public static TurnHeader? FromBytes(byte[]? bytes) => bytes is { Length: > 0 } ? JsonSerializer.Deserialize<TurnHeader>(bytes) : null;

    /// <summary>Settles the turn by its frames. One that nobody ended counts as failed.</summary>
    /// <param name="frames">All records of the log.</param>
    /// <param name="quotas">Where to.</param>
    /// <param name="measure">Counts the prompt of a turn that was stopped or failed, of which no replica told.</param>
    public async Task SettleAsync(IReadOnlyList<TokenFrame> frames, TenantQuotas quotas, Func<Task<int>> measure)
    {
        var hasFailed = frames is not [.., { FinishReason: not null }];
        await quotas.SettleAsync(Reservation, await TurnUsage.CountAsync(Reservation, Model, frames, hasFailed, isCharged: false, new PromptLayout(1, 1), measure), CancellationToken.None);
    }
}
