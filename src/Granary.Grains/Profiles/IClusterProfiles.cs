namespace Granary.Profiles;

/// <summary>The profiles of all silos.</summary>
public interface IClusterProfiles
{
    /// <summary>Asks each live silo; one that does not answer within two seconds, or is still starting, is left out.</summary>
    /// <returns>By zone and name; drained and evacuated silos are among them.</returns>
    Task<IReadOnlyList<SiloProfile>> ListAsync(CancellationToken cancellationToken = default);
}
