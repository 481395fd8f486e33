using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Connections.Security;

/// <summary>Decides about a certificate that the other end shows.</summary>
/// <param name="certificate">That.</param>
/// <param name="chain">What the machine makes of it.</param>
/// <param name="policyErrors">What the machine has against it.</param>
/// <returns>Whether the connection may be made.</returns>
public delegate bool RemoteCertificateValidator(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors policyErrors);
