namespace Granary.Gateway.OpenAi;

/// <summary>What all events of a reply carry.</summary>
internal sealed record ReplyHeader(string Id, long Created, string Model, string SystemFingerprint);
