using Granary.Serving;

namespace Granary.ResponseCache;

/// <summary>Answers of requests that would be answered alike again: greedy or seeded ones, by tenant, model version and the whole request.</summary>
public interface IResponseCache
{
    /// <summary>What the answer is kept under.</summary>
    /// <param name="owner">Whose request it is, by <see cref="Identity.OwnedKey"/>.</param>
    /// <param name="model">Who is to answer.</param>
    /// <param name="request">What is to be generated.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><see langword="null"/> where none is kept: the cache is off, the request has chance in it, replicas of several versions are up, or the tenant may not use the model.</returns>
    /// <exception cref="Errors.GranaryException">The tenant's limits could not be read.</exception>
    ValueTask<ResponseKey?> KeyOfAsync(string owner, string model, GenerateRequest request, CancellationToken cancellationToken);

    /// <summary>The answer, if it is at hand. It then counts as a request without tokens.</summary>
    /// <exception cref="Errors.GranaryException">The tenant's limit of requests is reached.</exception>
    ValueTask<CachedResponse?> FindAsync(ResponseKey key, string owner, string model, GenerateRequest request, CancellationToken cancellationToken);

    /// <summary>Keeps an answer, if it is whole, not too large, and of the version in the key.</summary>
    /// <param name="key">From <see cref="KeyOfAsync"/>.</param>
    /// <param name="outputs">All outputs, one frame each.</param>
    void Add(ResponseKey key, TokenFrame[] outputs);
}
