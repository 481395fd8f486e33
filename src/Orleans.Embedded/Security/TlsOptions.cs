using System.Security.Cryptography.X509Certificates;

namespace Orleans.Connections.Security;

/// <summary>How connections between silos are encrypted, and whom they are made with.</summary>
public class TlsOptions
{
    /// <summary>What this silo shows to others, with its private key.</summary>
    public X509Certificate2? LocalCertificate { get; set; }

    /// <summary>What others must show. Default <see cref="RemoteCertificateMode.RequireCertificate"/>.</summary>
    public RemoteCertificateMode RemoteCertificateMode { get; set; } = RemoteCertificateMode.RequireCertificate;

    /// <summary>Decides about what others show; without it the machine's trusted authorities and the name do.</summary>
    public RemoteCertificateValidator? RemoteCertificateValidation { get; set; }
}
