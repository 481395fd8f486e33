using Granary.Errors;
using Granary.Gateway.Errors;

namespace Granary.Gateway.OpenAi;

/// <summary>OpenAI's error body; also an event of a stream that fails on its way.</summary>
internal sealed record OpenAiErrorBody(OpenAiErrorBody.Details Error)
{
    public static OpenAiErrorBody From(CallerError error) =>
        new(new Details(error.Message, error.Code.OpenAiType(), error.Parameter, error.Code.Name()));

    /// <summary>Its one member.</summary>
    internal sealed record Details(string Message, string Type, string? Param, string Code);
}
