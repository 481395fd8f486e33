using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Connections.Security;

namespace Orleans.Hosting;

/// <summary>Encryption of the connections between silos.</summary>
public static class OrleansConnectionSecurityHostingExtensions
{
    /// <summary>Encrypts all connections; this silo shows a certificate.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static ISiloBuilder UseTls(this ISiloBuilder builder, Action<TlsOptions> configureOptions)
    {
        var options = new TlsOptions();
        configureOptions(options);
        if (options.LocalCertificate is null)
        {
            throw new InvalidOperationException("A silo that encrypts needs a certificate.");
        }

        builder.Services.AddSingleton(options);
        return builder;
    }

    /// <inheritdoc cref="UseTls(ISiloBuilder, Action{TlsOptions})"/>
    public static ISiloBuilder UseTls(this ISiloBuilder builder, X509Certificate2 certificate, Action<TlsOptions> configureOptions) =>
        builder.UseTls(options =>
        {
            options.LocalCertificate = certificate;
            configureOptions(options);
        });
}
