using System.ComponentModel.DataAnnotations;

namespace Granary.Clustering;

/// <summary>How silos find each other; bound from <c>Granary:Clustering</c>.</summary>
public sealed class ClusteringOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Clustering";

    /// <value><c>localhost</c>: one silo, membership in memory. <c>postgresql</c>: any number of silos. Default <c>localhost</c>.</value>
    [Required, AllowedValues("localhost", "postgresql", ErrorMessage = "must be localhost or postgresql")]
    public string Kind { get; set; } = "localhost";

    /// <value>Npgsql's connection string, for <c>postgresql</c>.</value>
    public string? ConnectionString { get; set; }

    /// <value>PEM file with the certificate that this silo shows to others; with it, silos speak mutual TLS and take nobody who has none. Default none: silos speak in the clear.</value>
    public string? CertificateFile { get; set; }

    /// <value>PEM file with its private key.</value>
    public string? CertificateKeyFile { get; set; }

    /// <value>PEM file with the certificate of the authority, the cluster's own, that signs the silos' certificates.</value>
    public string? AuthorityFile { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == "postgresql" && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult("postgresql needs a connection string such as Host=127.0.0.1;Database=granary", [nameof(ConnectionString)]);
        }

        string?[] files = [CertificateFile, CertificateKeyFile, AuthorityFile];
        if (files.Any(string.IsNullOrWhiteSpace) && files.Any(file => !string.IsNullOrWhiteSpace(file)))
        {
            yield return new ValidationResult("CertificateFile, CertificateKeyFile and AuthorityFile belong together; name all three or none", [nameof(CertificateFile)]);
        }
    }
}
