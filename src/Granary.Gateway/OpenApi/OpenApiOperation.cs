using System.Text.Json;

namespace Granary.Gateway.OpenApi;

/// <summary>What an operation takes and answers, by the types that are read and written.</summary>
/// <param name="Summary">What it does, in a few words.</param>
/// <param name="Json">How they are written.</param>
internal sealed record OpenApiOperation(string Summary, JsonSerializerOptions Json)
{
    /// <summary>The body; <see langword="null"/> if it takes none.</summary>
    public Type? Body { get; init; }

    /// <summary>The answer; <see langword="null"/> if it has no body.</summary>
    public Type? Answer { get; init; }

    /// <summary>Status codes that have the answer.</summary>
    public int[] Statuses { get; init; } = [StatusCodes.Status200OK];
}
