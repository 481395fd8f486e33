using Granary.Errors;
using Granary.Gateway.OpenAi.Responses;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary><c>/v1/models</c>.</summary>
internal static class ModelEndpoints
{
    public static async Task<IResult> ListAsync(IGrainFactory grains) =>
        Results.Json(new ListObject<ModelObject>(Array.ConvertAll(await ServedAsync(grains), ModelObject.From)), OpenAiJson.Default.ListObjectModelObject);

    public static async Task<IResult> GetAsync(string id, IGrainFactory grains) =>
        (await ServedAsync(grains)).FirstOrDefault(model => model.Name == id) is { } found
            ? Results.Json(ModelObject.From(found), OpenAiJson.Default.ModelObject)
            : throw new GranaryException(ErrorCode.ModelNotFound, $"The model '{id}' is not served here; GET /v1/models lists those that are.", "model");

    private static Task<ServedModel[]> ServedAsync(IGrainFactory grains) => grains.GetGrain<IModelRegistryGrain>(IModelRegistryGrain.Key).ListAsync();
}
