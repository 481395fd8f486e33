namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A reply of <c>/v1/completions</c>, as an event of a stream.</summary>
internal record TextCompletion(string Id, long Created, string Model, string? SystemFingerprint, TextCompletion.Output[] Choices)
{
    public string Object { get; } = "text_completion";

    /// <summary>An output, or a part of it.</summary>
    internal sealed record Output(int Index, string Text, TextLogProbsObject? Logprobs, string? FinishReason);

    /// <summary>A whole one, or an event of a stream that was asked to include the usage: all but the last say that it is <see langword="null"/>.</summary>
    internal sealed record WithUsage(string Id, long Created, string Model, string? SystemFingerprint, Output[] Choices, UsageObject? Usage)
        : TextCompletion(Id, Created, Model, SystemFingerprint, Choices);
}
