using System.Text.Json.Serialization;
using Granary.Gateway.OpenAi.Responses;

namespace Granary.Gateway.OpenAi;

/// <summary>Serialisers of what goes out; what comes in is read by <see cref="Requests.ChatCompletionReader"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpenAiErrorBody))]
[JsonSerializable(typeof(ModelObject))]
[JsonSerializable(typeof(ListObject<ModelObject>))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatCompletionChunk))]
internal sealed partial class OpenAiJson : JsonSerializerContext;
