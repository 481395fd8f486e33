using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Orleans.Runtime.Messaging;

/// <summary>Puts TLS around a connection, where the silo was told to: before its first byte, in both directions.</summary>
/// <param name="options">How; <see langword="null"/> leaves connections as they are.</param>
internal sealed class ConnectionSecurity(TlsOptions? options)
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The end that was connected to.</summary>
    /// <exception cref="AuthenticationException">The other end showed nothing good.</exception>
    public Task<Stream> AsServerAsync(Stream stream, CancellationToken token) => SecureAsync(stream, ssl => ssl.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions
        {
            ServerCertificate = options!.LocalCertificate,
            ClientCertificateRequired = options.RemoteCertificateMode != RemoteCertificateMode.NoCertificate,
            EnabledSslProtocols = Protocols,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = IsGood,
        },
        token));

    /// <summary>The end that connects.</summary>
    /// <exception cref="AuthenticationException">The other end showed nothing good.</exception>
    public Task<Stream> AsClientAsync(Stream stream, CancellationToken token) => SecureAsync(stream, ssl => ssl.AuthenticateAsClientAsync(
        new SslClientAuthenticationOptions
        {
            ClientCertificates = [options!.LocalCertificate!],
            EnabledSslProtocols = Protocols,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = IsGood,
        },
        token));

    private async Task<Stream> SecureAsync(Stream stream, Func<SslStream, Task> authenticate)
    {
        if (options is null)
        {
            return stream;
        }

        var ssl = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await authenticate(ssl);
            return ssl;
        }
        catch
        {
            await ssl.DisposeAsync();
            throw;
        }
    }

    private bool IsGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is X509Certificate2 shown
        ? options!.RemoteCertificateValidation?.Invoke(shown, chain, errors) ?? errors == SslPolicyErrors.None
        : options!.RemoteCertificateMode != RemoteCertificateMode.RequireCertificate;
}
