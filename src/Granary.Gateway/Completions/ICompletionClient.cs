using Granary.Models;

namespace Granary.Gateway.Completions;

/// <summary>Generates with a served model, without a conversation.</summary>
internal interface ICompletionClient
{
    /// <summary>Starts, and returns when the first frame is there, so that refusals come before anything is sent.</summary>
    /// <exception cref="Granary.Errors.GranaryException">The model is not served, the prompt does not fit, queues are full.</exception>
    Task<Completion> StartAsync(string model, ChatMessage[] messages, SamplingParameters sampling, CancellationToken cancellationToken);
}
