namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A list.</summary>
internal sealed record ListObject<T>(T[] Data)
{
    public string Object { get; } = "list";
}
