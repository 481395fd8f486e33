using Granary.Errors;
using Granary.Models;
using Granary.Serving;

namespace Granary.Engine.Scheduling;

/// <summary>Checks that a request can be computed and finds out how long its output may get.</summary>
internal sealed class RequestAdmission(ModelManifest model, EngineOptions options, int slotTokens)
{
    // Aging makes up for any difference within the range in bounded time.
    public const int MaxPriority = GenerateRequest.MaxPriority;

    /// <returns>Most tokens of output; 0 only where the request says so.</returns>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>context_length_exceeded</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tenant's weight is not above 0.</exception>
    public int Check(EngineRequest request)
    {
        ReadOnlySpan<int> prompt = request.Prompt.Span;
        ReadOnlySpan<int> output = request.Output.GetValueOrDefault().Span;
        if (prompt.IsEmpty)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "The prompt is empty; it needs one token at least.", "prompt");
        }

        CheckTokens(prompt, "prompt");
        CheckTokens(output, "output");

        if (request.Priority is < -MaxPriority or > MaxPriority)
        {
            throw new GranaryException(
                ErrorCode.InvalidRequest, $"priority must be from {-MaxPriority} to {MaxPriority}; it is {request.Priority}.", "priority");
        }

        if (!(request.TenantWeight > 0) || double.IsInfinity(request.TenantWeight))
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.TenantWeight, "A tenant's weight must be above 0.");
        }

        int room = slotTokens - prompt.Length;
        if (room < (request.Sampling.MaxTokens == 0 ? 0 : 1))
        {
            throw new GranaryException(
                ErrorCode.ContextLengthExceeded,
                $"The prompt has {prompt.Length} tokens and leaves no room for output; the context holds {slotTokens}. Shorten it.",
                "prompt");
        }

        if (!output.IsEmpty && output.Length > Math.Min(room, request.Sampling.MaxTokens ?? room))
        {
            throw new GranaryException(
                ErrorCode.ContextLengthExceeded,
                $"The output has {output.Length} tokens already; with a prompt of {prompt.Length} it may have {Math.Min(room, request.Sampling.MaxTokens ?? room)} here.",
                "output");
        }

        // An output that is longer than is usual here ends here.
        return request.Sampling.MaxTokens is { } asked
            ? Explicit(asked, room, prompt.Length)
            : Math.Max(output.Length, Math.Min(room, model.Defaults.MaxTokens is > 0 and { } usual ? usual : options.DefaultMaxTokens));
    }

    private void CheckTokens(ReadOnlySpan<int> tokens, string parameter)
    {
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)model.VocabularySize)
            {
                throw new GranaryException(
                    ErrorCode.InvalidRequest, $"The {parameter} holds token {token}; the ids of model '{model.Name}' end at {model.VocabularySize - 1}.", parameter);
            }
        }
    }

    private int Explicit(int asked, int room, int promptTokens)
    {
        if (asked < 0)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"max_tokens must be 0 or more; it is {asked}.", "max_tokens");
        }

        if (asked > room)
        {
            throw new GranaryException(
                ErrorCode.ContextLengthExceeded,
                $"The prompt has {promptTokens} tokens and max_tokens is {asked}; the context holds {slotTokens}. Shorten the prompt or ask for {room} tokens at most.",
                "max_tokens");
        }

        return asked;
    }
}
