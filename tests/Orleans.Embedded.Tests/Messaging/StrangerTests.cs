using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Embedded.Tests.Generator;
using Orleans.Runtime.Messaging;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.Messaging;

/// <summary>What a silo makes of connections that are not a silo of its cluster.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private const int Refused = 111;
    private const int Malformed = 112;
    private static readonly SiloAddress Stranger = SiloAddress.New(IPAddress.Loopback, 9, 1);

    private readonly LogLines _log = new();
    private InProcessTestCluster _cluster = null!;

    private SiloAddress Silo => _cluster.Silos[0].SiloAddress;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.Services.AddSingleton<ILoggerProvider>(_log));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Handshake_ofAnotherCluster_isRefused() =>
        await RefusesAsync("another cluster", Silo, HandshakeVerdict.WrongCluster);

    [Fact]
    public async Task Handshake_forAnOlderGeneration_isRefused() =>
        await RefusesAsync(_cluster.Options.ClusterId, SiloAddress.New(Silo.Endpoint.Address, Silo.Endpoint.Port, Silo.Generation - 1), HandshakeVerdict.WrongSilo);

    [Fact]
    public async Task Handshake_ofHttp_isRefused()
    {
        await using var stream = await ConnectAsync();
        await stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await EndsAsync(stream);
        Assert.Contains("handshake", await _log.WaitForAsync(Malformed), StringComparison.Ordinal);
        await ServesAsync();
    }

    [Fact]
    public async Task Frame_overTheLimit_endsTheConnection()
    {
        var frame = new byte[MessageFrame.PrefixBytes];
        BinaryPrimitives.WriteInt32LittleEndian(frame, 16);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), int.MaxValue);

        await EndsAfterAsync(frame);
        Assert.Contains("are allowed", await _log.WaitForAsync(Malformed), StringComparison.Ordinal);
        await ServesAsync();
    }

    [Fact]
    public async Task Frame_ofGarbage_endsTheConnection()
    {
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var frame = new byte[MessageFrame.PrefixBytes + 64];
            random.NextBytes(frame);
            BinaryPrimitives.WriteInt32LittleEndian(frame, 32);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), 32);
            await using var stream = await WelcomedAsync();
            await stream.WriteAsync(frame, TestContext.Current.CancellationToken);
        }

        await _log.WaitForAsync(Malformed);
        await ServesAsync();
    }

    private async Task RefusesAsync(string cluster, SiloAddress wanted, HandshakeVerdict verdict)
    {
        await using var stream = await ConnectAsync();
        await Handshake.WriteRequestAsync(stream, cluster, Stranger, wanted, TestContext.Current.CancellationToken);

        Assert.Equal(verdict, await Handshake.ReadVerdictAsync(stream, TestContext.Current.CancellationToken));
        await EndsAsync(stream);
        Assert.Contains(verdict.ToString(), await _log.WaitForAsync(Refused), StringComparison.Ordinal);
        await ServesAsync();
    }

    private async Task EndsAfterAsync(byte[] bytes)
    {
        await using var stream = await WelcomedAsync();
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await EndsAsync(stream);
    }

    private async Task<NetworkStream> WelcomedAsync()
    {
        var stream = await ConnectAsync();
        await Handshake.WriteRequestAsync(stream, _cluster.Options.ClusterId, Stranger, Silo, TestContext.Current.CancellationToken);
        Assert.Equal(HandshakeVerdict.Welcome, await Handshake.ReadVerdictAsync(stream, TestContext.Current.CancellationToken));
        return stream;
    }

    private async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Silo.Endpoint, TestContext.Current.CancellationToken);
        return new(socket, ownsSocket: true);
    }

    private static async Task EndsAsync(NetworkStream stream)
    {
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        }
        catch (IOException)
        {
            // Reset, since the silo had not read all.
        }
    }

    private async Task ServesAsync() => Assert.Equal(5, await _cluster.Client.GetGrain<ISampleGrain>("after").AddAsync(2, 3));
}
