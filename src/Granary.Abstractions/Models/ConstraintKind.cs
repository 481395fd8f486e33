namespace Granary.Models;

/// <summary>How an <see cref="OutputConstraint"/> is written.</summary>
[GenerateSerializer, Alias("granary.constraint.kind")]
public enum ConstraintKind
{
    /// <summary>Any JSON object.</summary>
    JsonObject,

    /// <summary>A JSON schema.</summary>
    JsonSchema,

    /// <summary>A regular expression that the whole output matches.</summary>
    Regex,

    /// <summary>One of several texts.</summary>
    Choice,
}
