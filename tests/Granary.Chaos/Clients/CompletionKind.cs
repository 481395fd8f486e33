namespace Granary.Chaos.Clients;

/// <summary>What a streamed completion is asked for.</summary>
internal enum CompletionKind
{
    /// <summary>Text.</summary>
    Plain,

    /// <summary>Three texts at once.</summary>
    Several,

    /// <summary>JSON that follows a schema.</summary>
    Schema,

    /// <summary>A function call.</summary>
    Tool,
}
