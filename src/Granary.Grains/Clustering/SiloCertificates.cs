using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Configuration;
using Orleans.Connections.Security;

namespace Granary.Clustering;

/// <summary>
/// Mutual TLS between silos. A silo belongs to the cluster if its certificate was signed by the cluster's own authority; whoever has one is trusted with everything, and names in
/// certificates mean nothing, because silos are reached by addresses that change.
/// </summary>
internal static class SiloCertificates
{
    /// <summary>Encrypts the connections between silos, where the configuration names certificates.</summary>
    /// <exception cref="GranaryConfigurationException">A file is missing or is not what it must be.</exception>
    public static ISiloBuilder AddSiloCertificates(this ISiloBuilder silo, ClusteringOptions options)
    {
        if (options.CertificateFile is not { } file)
        {
            return silo;
        }

        var certificate = Load(nameof(options.CertificateFile), file, () => X509Certificate2.CreateFromPemFile(file, options.CertificateKeyFile));
        var authorities = Load(nameof(options.AuthorityFile), options.AuthorityFile!, () =>
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(options.AuthorityFile!);
            return all.Count > 0 ? all : throw new CryptographicException("there is no certificate in it");
        });
        return silo.UseTls(certificate, tls =>
        {
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.RemoteCertificateValidation = (shown, chain, _) => IsOfCluster(shown, chain, authorities);
        });
    }

    private static bool IsOfCluster(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        return chain.Build(certificate);
    }

    private static T Load<T>(string key, string file, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new GranaryConfigurationException($"'{ClusteringOptions.SectionName}:{key}' is '{file}', which cannot be read as PEM: {exception.Message}");
        }
    }
}
