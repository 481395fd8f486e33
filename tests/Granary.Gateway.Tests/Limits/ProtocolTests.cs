using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Granary.Conformance.Support;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Limits;

/// <summary>A gateway with TLS, with HTTP/2 without TLS, and with room for few connections.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private const int Connections = 8;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-gateway-tests-");
    private readonly int _http2Port = FreePorts.Next();
    private readonly int _tlsPort = FreePorts.Next();
    private readonly int _port = FreePorts.Next();
    private RunningGateway _gateway = null!;
    private string _thumbprint = "";

    public async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        _thumbprint = certificate.Thumbprint;
        var (certificateFile, keyFile) = (Path.Combine(_folder.FullName, "cert.pem"), Path.Combine(_folder.FullName, "key.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        _gateway = await RunningGateway.StartAsync(new()
        {
            ["Granary:Gateway:Urls"] = $"http://127.0.0.1:{_port};https://127.0.0.1:{_tlsPort}",
            ["Granary:Gateway:Http2Urls"] = $"http://127.0.0.1:{_http2Port}",
            ["Granary:Gateway:CertificateFile"] = certificateFile,
            ["Granary:Gateway:CertificateKeyFile"] = keyFile,
            ["Granary:Gateway:MaxConnections"] = $"{Connections}",
            ["Granary:Gateway:HeaderTimeout"] = "00:00:01",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Http2_withTlsAndWithPriorKnowledge_isSpoken()
    {
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _thumbprint } });

        Assert.Equal(HttpVersion.Version20, await VersionAsync(client, $"https://127.0.0.1:{_tlsPort}", HttpVersion.Version20));
        Assert.Equal(HttpVersion.Version11, await VersionAsync(client, $"https://127.0.0.1:{_tlsPort}", HttpVersion.Version11));
        Assert.Equal(HttpVersion.Version20, await VersionAsync(client, $"http://127.0.0.1:{_http2Port}", HttpVersion.Version20));
        Assert.Equal(HttpVersion.Version11, await VersionAsync(client, $"http://127.0.0.1:{_port}", HttpVersion.Version11));
    }

    [Fact]
    public async Task Connection_thatSendsNoHeaders_isEnded()
    {
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, _port);
        await slow.GetStream().WriteAsync("GET /v1/models HTTP/1.1\r\nHost: "u8.ToArray());

        using var reader = new StreamReader(slow.GetStream());
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_beyondTheLimit_areClosed()
    {
        var clients = Enumerable.Range(0, Connections + 4).Select(_ => new TcpClient()).ToArray();
        foreach (var client in clients)
            await client.ConnectAsync(IPAddress.Loopback, _port);

        // Those that are let in are told after a second that they send no headers.
        var ends = await Task.WhenAll(clients.Select(async client =>
        {
            try
            {
                await client.GetStream().WriteAsync("GET "u8.ToArray());
                using var reader = new StreamReader(client.GetStream());
                return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                return "";
            }
        }));

        Assert.InRange(ends.Count(end => end.Length == 0), 4, Connections + 4);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Body_thatTricklesIn_isRefused()
    {
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, _port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"));

        using var reader = new StreamReader(slow.GetStream());
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<Version> VersionAsync(HttpClient client, string url, Version version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url + "/v1/models") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Version;
    }
}
