using Granary.Errors;
using Granary.Gateway.OpenAi.Responses;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary><c>/v1/models</c>.</summary>
internal static class ModelEndpoints
{
    public static async Task<IResult> ListAsync(IServedModels served) =>
        Results.Json(new ListObject<ModelObject>([.. (await served.ListAsync()).Select(ModelObject.From)]), OpenAiJson.Default.ListObjectModelObject);

    public static async Task<IResult> GetAsync(string id, IServedModels served) =>
        (await served.ListAsync()).FirstOrDefault(model => model.Name == id) is { } found
            ? Results.Json(ModelObject.From(found), OpenAiJson.Default.ModelObject)
            : throw new GranaryException(ErrorCode.ModelNotFound, $"The model '{id}' is not served here; GET /v1/models lists those that are.", "model");
}
