using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Cluster.Tests.Running;

/// <summary>Two silos in two zones that speak mutual TLS to each other.</summary>
public sealed class TwoTlsZones() : RunningCluster("up", "--zones", "2")
{
    /// <summary>What a silo with a certificate of the cluster's authority has in its environment.</summary>
    public Dictionary<string, string> Certified { get; private set; } = [];

    /// <summary>The same with a certificate that another authority has signed.</summary>
    public Dictionary<string, string> Stranger { get; private set; } = [];

    protected override Task PrepareAsync()
    {
        using var authority = NewAuthority();
        using var another = NewAuthority();
        Certified = Files(authority, authority, "certified");
        Stranger = Files(another, authority, "stranger");
        foreach (var (name, value) in Certified)
        {
            Cli.Environment[name] = value;
        }

        return Task.CompletedTask;
    }

    private Dictionary<string, string> Files(X509Certificate2 signer, X509Certificate2 trusted, string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).Create(signer, now.AddMinutes(-30), now.AddHours(12), RandomNumberGenerator.GetBytes(8));
        return new(StringComparer.Ordinal)
        {
            ["Granary__Clustering__CertificateFile"] = Write($"{name}.pem", certificate.ExportCertificatePem()),
            ["Granary__Clustering__CertificateKeyFile"] = Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()),
            ["Granary__Clustering__AuthorityFile"] = Write($"{name}.ca", trusted.ExportCertificatePem()),
        };
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(Cli.Data, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static X509Certificate2 NewAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
