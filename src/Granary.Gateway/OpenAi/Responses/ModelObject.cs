using Granary.Serving;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A model.</summary>
internal sealed record ModelObject(string Id, string Object, long Created, string OwnedBy)
{
    public static ModelObject From(ServedModel model) => new(model.Name, "model", model.Since.ToUnixTimeSeconds(), "granary");
}
