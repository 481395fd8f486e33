using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Granary.Gateway.Limits;

/// <summary>The certificate of addresses with TLS.</summary>
internal static class ServerCertificate
{
    /// <summary>Reads it from its files, with the certificates that lead to its root.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files hold no certificate and its key.</exception>
    public static void Use(HttpsConnectionAdapterOptions https, string certificate, string key)
    {
        https.ServerCertificate = X509Certificate2.CreateFromPemFile(certificate, key);
        https.ServerCertificateChain = [];
        https.ServerCertificateChain.ImportFromPemFile(certificate);
    }
}
