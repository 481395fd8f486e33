using Granary.Gateway.Limits;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Tests.Limits;

public sealed class GatewayOptionsTests
{
    [Fact]
    public void Urls_asTextOrList_areTheSame()
    {
        string[] wanted = ["http://127.0.0.1:5000", "http://[::1]:5000"];

        Assert.Equal(wanted, Bind(new() { ["Granary:Gateway:Urls"] = string.Join(';', wanted) }).Urls);
        Assert.Equal(wanted, Bind(new() { ["Granary:Gateway:Urls:0"] = wanted[0], ["Granary:Gateway:Urls:1"] = wanted[1] }).Urls);
        Assert.Equal(["http://127.0.0.1:8080"], Bind([]).Urls);
    }

    [Theory]
    [InlineData("Urls", "nonsense")]
    [InlineData("Http2Urls", "http://127.0.0.1:0")]
    [InlineData("Http2Urls", "http://127.0.0.1:8080")]
    [InlineData("Http2Urls", "https://127.0.0.1:8443")]
    [InlineData("Urls", "https://127.0.0.1:8443")]
    [InlineData("CertificateFile", "/nowhere/cert.pem")]
    [InlineData("AllowedOrigins:0", "https://example.com/path")]
    [InlineData("MaxBodyBytes", "5")]
    [InlineData("MaxJsonDepth", "1000")]
    public void Options_wrongValue_areRefusedByName(string key, string value)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Bind(new() { ["Granary:Gateway:" + key] = value }));

        Assert.Contains(key.Split(':')[0], refusal.Message, StringComparison.Ordinal);
    }

    private static GatewayOptions Bind(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = new ServiceCollection().AddGatewayLimits(configuration.GetSection(GatewayOptions.Section)).BuildServiceProvider();
        return services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }
}
