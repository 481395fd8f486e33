using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>Generates with a served model, without a conversation.</summary>
internal interface ICompletionClient
{
    /// <summary>Starts, and returns when the first frame is there, so that refusals come before anything is sent.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="request">What to generate.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    /// <exception cref="Granary.Errors.GranaryException">The model is not served, the prompt does not fit, queues are full.</exception>
    Task<Completion> StartAsync(string model, GenerateRequest request, CancellationToken cancellationToken);
}
