using Granary.Engine.Experts;

namespace Granary.Shards;

/// <summary>Opens models of which this silo holds some experts.</summary>
internal interface IExpertLoader
{
    /// <summary>A set without experts, to which they can be added.</summary>
    Task<ExpertSet> LoadAsync(string model, CancellationToken cancellationToken);
}
