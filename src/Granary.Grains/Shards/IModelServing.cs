namespace Granary.Shards;

/// <summary>How far this silo is with serving its models; for readiness.</summary>
public interface IModelServing
{
    /// <summary>Whether every model of the configuration is loaded, and all that are served make progress.</summary>
    bool IsReady { get; }

    /// <summary>The models of the configuration, and others that are served here, by name, each with <c>loading</c>, <c>ready</c> or <c>stuck</c>.</summary>
    IReadOnlyDictionary<string, string> Models { get; }
}
