namespace Orleans.Connections.Security;

/// <summary>What the other end of a connection must show.</summary>
public enum RemoteCertificateMode
{
    /// <summary>Nothing; none is asked for.</summary>
    NoCertificate,

    /// <summary>A good certificate, or none.</summary>
    AllowCertificate,

    /// <summary>A good certificate.</summary>
    RequireCertificate,
}
