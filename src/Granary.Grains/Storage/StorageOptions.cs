using System.ComponentModel.DataAnnotations;

namespace Granary.Storage;

/// <summary>Where grains keep their state; bound from <c>Granary:Storage</c>.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Storage";

    /// <value>
    /// <c>sqlite</c>: a file, for one silo. <c>redis</c>, <c>postgresql</c>: for clusters. <c>memory</c>: lost at the end. Default <c>sqlite</c>.
    /// </value>
    [Required, AllowedValues("sqlite", "redis", "postgresql", "memory", ErrorMessage = "must be sqlite, redis, postgresql or memory")]
    public string Kind { get; set; } = "sqlite";

    /// <value>The file for <c>sqlite</c> (default <c>.granary/data/granary.db</c>), host and port for <c>redis</c>, Npgsql's string for <c>postgresql</c>.</value>
    public string? ConnectionString { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind is "redis" or "postgresql" && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult($"{Kind} needs a connection string", [nameof(ConnectionString)]);
        }
    }
}
