using Granary.Clustering;
using Granary.Configuration;
using Granary.Grains.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Granary.Grains.Tests.Clustering;

public sealed class SiloCertificatesTests
{
    [Fact]
    public void Certificate_thatIsNone_isSaidWithItsKey()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("none.pem");
        File.WriteAllText(file, "nothing");
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Granary:Clustering:CertificateFile"] = file,
            ["Granary:Clustering:CertificateKeyFile"] = file,
            ["Granary:Clustering:AuthorityFile"] = file,
        });

        var failure = Assert.Throws<GranaryConfigurationException>(() => builder.UseOrleans(silo => silo.AddGranary(builder.Configuration)));

        Assert.Contains("Granary:Clustering:CertificateFile", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_withoutItsAuthority_isRefused()
    {
        var options = new ClusteringOptions { CertificateFile = "silo.pem", CertificateKeyFile = "silo.key" };

        Assert.Contains("AuthorityFile", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }
}
