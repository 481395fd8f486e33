using System.Text.Json.Serialization;
using Granary.Gateway.OpenAi.Responses;

namespace Granary.Gateway.OpenAi;

/// <summary>Serialisers of what goes out; what comes in is read by the readers in <see cref="Requests"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpenAiErrorBody))]
[JsonSerializable(typeof(OpenAiErrorBody.Details))]
[JsonSerializable(typeof(ModelObject))]
[JsonSerializable(typeof(ListObject<ModelObject>))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatCompletionChunk))]
[JsonSerializable(typeof(ChatCompletionChunk.WithUsage), TypeInfoPropertyName = "ChatCompletionChunkWithUsage")]
[JsonSerializable(typeof(TextCompletion))]
[JsonSerializable(typeof(TextCompletion.WithUsage), TypeInfoPropertyName = "TextCompletionWithUsage")]
internal sealed partial class OpenAiJson : JsonSerializerContext;
