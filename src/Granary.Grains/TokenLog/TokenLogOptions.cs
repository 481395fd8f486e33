using System.ComponentModel.DataAnnotations;

namespace Granary.TokenLog;

/// <summary>How tokens are logged; bound from <c>Granary:TokenLog</c>. The store is that of <c>Granary:Storage</c>.</summary>
public sealed class TokenLogOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:TokenLog";

    /// <value>What must have happened before a token is shown. Default <see cref="TokenLogMode.Committed"/>.</value>
    [EnumDataType(typeof(TokenLogMode), ErrorMessage = "must be committed, replicated or async")]
    public TokenLogMode Mode { get; set; } = TokenLogMode.Committed;

    /// <value>How long a commit waits for more tokens to join it at most; no longer than the last one took, but in mode <c>async</c>. Bounds 0–100 ms, default 2 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:00.1")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <value>Most records of one commit. Bounds 1–65536, default 1024.</value>
    [Range(1, 65536)]
    public int MaxBatch { get; set; } = 1024;

    /// <value>Records that may wait for the store in mode <c>async</c>; the next one waits for room. Bounds 1–10,000,000, default 100,000.</value>
    [Range(1, 10_000_000)]
    public int MaxWaiting { get; set; } = 100_000;

    /// <value>How long the store may take for one commit or read before it counts as failed. Bounds 100 ms–1 min, default 3 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <value>Replicas of Redis that must have a token in mode <c>replicated</c>; PostgreSQL's <c>synchronous_standby_names</c> says it there. Bounds 1–10, default 1.</value>
    [Range(1, 10)]
    public int Replicas { get; set; } = 1;

    /// <value>How long Redis' replicas may take before a commit counts as failed and is tried again. Bounds 10 ms–1 min, default 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan ReplicaTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
