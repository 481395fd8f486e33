using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Embedded.Tests.Generator;
using Orleans.Hosting;
using Orleans.Runtime.Messaging;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.Messaging;

/// <summary>Silos that speak mutual TLS, and others that would like to join them.</summary>
public sealed class MutualTlsTests : IAsyncLifetime
{
    private static readonly SiloAddress Third = SiloAddress.New(IPAddress.Loopback, 9, 1);

    private readonly X509Certificate2 _authority = Authority();
    private InProcessTestCluster _cluster = null!;

    private SiloAddress Silo => _cluster.Silos[0].SiloAddress;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) => silo.UseTls(Signed(_authority), tls => tls.RemoteCertificateValidation = (shown, _, _) => IsOfCluster(shown)));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task Silos_withCertificatesOfOneAuthority_callOneAnother()
    {
        for (var i = 0; i < 8; i++) // some of them are on the other silo
        {
            var factory = _cluster.Silos[i % 2].Runtime.Services.GetService(typeof(IGrainFactory));
            Assert.Equal(5, await Assert.IsAssignableFrom<IGrainFactory>(factory).GetGrain<ISampleGrain>($"grain-{i / 2}").AddAsync(2, 3));
        }

        Assert.True(_cluster.Silos[0].Runtime.Connections.HasSenderTo(_cluster.Silos[1].SiloAddress));
        await using var stream = await ConnectAsync(Signed(_authority));
        Assert.Equal(HandshakeVerdict.Welcome, await GreetAsync(stream));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silo_withoutACertificateOfTheAuthority_isNotWelcomed(bool hasAnothers)
    {
        using var another = Authority();

        await EndsAsync(async () =>
        {
            await using var stream = await ConnectAsync(hasAnothers ? Signed(another) : null);
            await GreetAsync(stream);
        });

        Assert.Equal(5, await _cluster.Client.GetGrain<ISampleGrain>("after").AddAsync(2, 3));
    }

    [Fact]
    public async Task Silo_withoutTls_isNotWelcomed()
    {
        await using var stream = await ConnectBareAsync();

        await EndsAsync(() => GreetAsync(stream));
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
    }

    private static X509Certificate2 Signed(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=silo", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    private static async Task EndsAsync(Func<Task> attempt)
    {
        var failure = await Record.ExceptionAsync(attempt);
        Assert.True(failure is IOException or AuthenticationException, $"{failure?.GetType().Name ?? "it was welcomed"}: {failure?.Message}");
    }

    private static async Task<HandshakeVerdict> GreetAsync(Stream stream, string cluster, SiloAddress silo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        await Handshake.WriteRequestAsync(stream, cluster, Third, silo, patience.Token);
        try
        {
            return await Handshake.ReadVerdictAsync(stream, patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail("the silo kept the connection");
            throw;
        }
    }

    private Task<HandshakeVerdict> GreetAsync(Stream stream) => GreetAsync(stream, _cluster.Options.ClusterId, Silo);

    private bool IsOfCluster(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        return chain.Build(certificate);
    }

    private async Task<Stream> ConnectAsync(X509Certificate2? certificate)
    {
        var stream = new SslStream(await ConnectBareAsync());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                ClientCertificates = certificate is null ? [] : [certificate],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented is X509Certificate2 silo && IsOfCluster(silo),
            },
            TestContext.Current.CancellationToken);
        return stream;
    }

    private async Task<NetworkStream> ConnectBareAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Silo.Endpoint, TestContext.Current.CancellationToken);
        return new(socket, ownsSocket: true);
    }
}
