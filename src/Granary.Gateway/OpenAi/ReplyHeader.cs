using Granary.Gateway.Completions;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>What all events of a reply carry.</summary>
/// <param name="Id">The completion's id.</param>
/// <param name="Created">When it was created, in seconds since 1970.</param>
/// <param name="Model">Who answers.</param>
/// <param name="SystemFingerprint">Of the model that generates; <see langword="null"/> before the first frame says it.</param>
internal sealed record ReplyHeader(string Id, long Created, string Model, string? SystemFingerprint)
{
    private const int FingerprintChars = 10;

    public static ReplyHeader From(CompletionId id, string model) => new(id.ToString(), id.CreatedAt, model, null);

    /// <summary>As it is from a frame on: a fingerprint stands in the log where it begins to hold, so that every gateway tells the same.</summary>
    public ReplyHeader At(TokenFrame frame) =>
        frame.Fingerprint is { } full ? this with { SystemFingerprint = "fp_" + full[..Math.Min(FingerprintChars, full.Length)] } : this;
}
