using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Completions;
using Granary.Serving;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>Reads the body of <c>/v1/completions</c>. As with chat completions, no field is ignored in silence.</summary>
internal static class TextCompletionReader
{
    private const int DefaultMaxTokens = 16; // OpenAI's
    private const int MaxLogProbs = 20;
    private const int MaxOutputs = 128;

    /// <summary>Reads and checks.</summary>
    /// <exception cref="GranaryException">A field is missing, unknown, not honoured or out of range.</exception>
    public static CompletionRequest Read(JsonElement body, GatewayOptions limits)
    {
        string? model = null;
        RawPrompt[]? prompts = null;
        int? bestOf = null, logProbs = null, maxTokens = null;
        var (choices, echo, priority) = (1, false, 0);
        var (sampling, constraint, stream) = (new SamplingFields(), new ConstraintFields(), new StreamFields());

        foreach (var field in Field.Body(body))
        {
            switch (field.Name)
            {
                case "model": model = field.Text(ServedModel.MaxNameLength); break;
                case "prompt": prompts = PromptReader.Read(field, limits); break;
                case "n": choices = (int)field.Integer(1, limits.MaxChoices); break;
                case "priority": priority = field.Priority(); break;
                case "best_of": bestOf = (int)field.Integer(1, limits.MaxChoices); break;
                case "echo": echo = field.Flag(); break;
                case "logprobs": logProbs = (int)field.Integer(0, MaxLogProbs); break;
                case "max_tokens": maxTokens = (int)field.Integer(0, int.MaxValue); break;
                case "user": break;
                case "suffix" when field.Text().Length == 0: break;
                case "suffix": throw field.Unsupported("(no model here fills in between two texts)");
                case "top_logprobs" or "max_completion_tokens": throw field.Unknown();
                default:
                    if (!sampling.TryRead(field) && !constraint.TryRead(field) && !stream.TryRead(field))
                        throw field.Unknown();
                    break;
            }
        }

        if (string.IsNullOrEmpty(model))
            throw Field.Missing("model", "the name of a model that GET /v1/models lists");
        if (prompts is null)
            throw Field.Missing("prompt", "a string or an array of token ids");
        if (bestOf < choices)
            throw Field.Contradiction("best_of", "'best_of' must be at least 'n'.");
        if (bestOf > choices && stream.Stream)
            throw Field.Contradiction("best_of", "'best_of' above 'n' cannot be streamed: which ones are best is known at the end.");
        var outputs = prompts.Length * (bestOf ?? choices);
        if (outputs > MaxOutputs)
            throw new GranaryException(ErrorCode.TooLarge, $"{prompts.Length} prompts with {bestOf ?? choices} outputs each are more than {MaxOutputs} outputs.", "prompt");
        stream.Check();

        var generate = new GenerateRequest
        {
            RequestId = "",
            Prompts = prompts,
            Choices = outputs,
            Priority = priority,
            EchoesPrompt = echo,
            ScoresPrompt = echo && logProbs is not null,
            Sampling = sampling.Resolve() with
            {
                MaxTokens = maxTokens ?? DefaultMaxTokens,
                TopLogProbs = bestOf > choices ? logProbs ?? 0 : logProbs, // which ones are best, their log-probabilities say
                Constraint = constraint.Constraint,
            },
        };
        return new(CompletionKind.Text, model, generate, stream.Stream, stream.IncludeUsage, choices) { WantsLogProbs = logProbs is not null };
    }
}
