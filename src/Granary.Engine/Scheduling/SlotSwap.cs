using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>Exchanges keys and values of two slots where no slot is free to move through. Rare: it costs four copies through host memory.</summary>
internal static class SlotSwap
{
    private const int PieceTokens = 64;

    /// <summary>Exchanges what two holders have computed; who holds which slot is left to the caller.</summary>
    public static void Swap(IModelRunner runner, ISlotHolder first, ISlotHolder second)
    {
        int firstSlot = first.Slot!.Value;
        int secondSlot = second.Slot!.Value;
        using var ofFirst = new NativeBuffer((long)PieceTokens * runner.TokenBytes);
        using var ofSecond = new NativeBuffer((long)PieceTokens * runner.TokenBytes);
        int longest = Math.Max(first.ComputedTokens, second.ComputedTokens);
        for (int token = 0; token < longest; token += PieceTokens)
        {
            Span<byte> firstPiece = Piece(ofFirst, first.ComputedTokens - token);
            Span<byte> secondPiece = Piece(ofSecond, second.ComputedTokens - token);
            runner.ReadKv(firstSlot, token, firstPiece);
            runner.ReadKv(secondSlot, token, secondPiece);
            runner.WriteKv(firstSlot, token, secondPiece);
            runner.WriteKv(secondSlot, token, firstPiece);
        }

        Span<byte> Piece(NativeBuffer buffer, int tokensLeft) =>
            buffer.Span<byte>(0, Math.Clamp(tokensLeft, 0, PieceTokens) * runner.TokenBytes);
    }
}
