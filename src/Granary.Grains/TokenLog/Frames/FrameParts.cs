namespace Granary.TokenLog.Frames;

/// <summary>What a record has besides first index, tokens and text.</summary>
[Flags]
internal enum FrameParts
{
    None = 0,
    Choice = 1,
    FinishReason = 2,
    Usage = 4,
    LogProbs = 8,
    ToolCalls = 16,
    Fingerprint = 32,
    Failure = 64, // alone: no frame, but that none follows, because the turn failed
    PromptLogProbs = 128,
    All = Choice | FinishReason | Usage | LogProbs | ToolCalls | Fingerprint | Failure | PromptLogProbs,
}
