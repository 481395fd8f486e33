using System.ComponentModel.DataAnnotations;
using Granary.Configuration;
using Granary.Grains.Tests.Fixtures;
using Microsoft.Extensions.Configuration;

namespace Granary.Grains.Tests.Configuration;

public sealed class GranaryConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Validate_right_file_passes() => Validate("""
        { "Granary": {
            "Silo": { "Name": "a", "Zone": "z", "SiloPort": 1 }, "Clustering": { "Kind": "localhost" },
            "Storage": { "Kind": "memory" }, "Models": { "Folder": "m", "Serve": ["one", "two"] },
            "Engine": { "StuckAfter": "00:00:05", "Threads": 2, "SlotClasses": [{ "Tokens": 64, "Slots": 2 }] }, "Gateway": { "Urls": "http://x" } } }
        """);

    [Theory]
    [InlineData("""{ "Granary": { "Silos": {} , "Silos2": { "a": 1 } } }""", "Granary:Silos", "Silo, Storage")]
    [InlineData("""{ "Granary": { "Silo": { "Zon": "a" } } }""", "'Granary:Silo:Zon' is unknown", "Zone")]
    [InlineData("""{ "Granary": { "Silo": { "SiloPort": "many" } } }""", "'Granary:Silo:SiloPort' is 'many'", "a whole number")]
    [InlineData("""{ "Granary": { "Silo": { "SiloPort": 70000 } } }""", "'Granary:Silo:SiloPort' is wrong", "65535")]
    [InlineData("""{ "Granary": { "Silo": "x" } }""", "'Granary:Silo' must be an object", "Zone")]
    [InlineData("""{ "Granary": { "Storage": { "Kind": "floppy" } } }""", "'Granary:Storage:Kind' is wrong", "must be sqlite, redis, postgresql or memory")]
    [InlineData("""{ "Granary": { "Clustering": { "Kind": "postgresql" } } }""", "'Granary:Clustering:ConnectionString' is wrong", "connection string")]
    [InlineData("""{ "Granary": { "Engine": { "StuckAfter": "soon" } } }""", "'Granary:Engine:StuckAfter' is 'soon'", "a time such as")]
    [InlineData("""{ "Granary": { "Engine": { "SlotClasses": [{ "Token": 64, "Slots": 2 }] } } }""", "'Granary:Engine:SlotClasses:0:Token' is unknown", "Slots, Tokens")]
    [InlineData("""{ "Granary": { "Engine": { "SlotClasses": [{ "Tokens": 8, "Slots": 2 }] } } }""", "'Granary:Engine:SlotClasses' is wrong", "between 16 and")]
    [InlineData("""{ "Granary": { "Gateway": { "Url": "x" } } }""", "'Granary:Gateway:Url' is unknown", "Urls")]
    public void Validate_wrong_key_or_value_names_file_key_and_what_is_allowed(string json, string key, string allowed)
    {
        var exception = Assert.Throws<GranaryConfigurationException>(() => Validate(json));

        Assert.Contains("silo.json", exception.Message, StringComparison.Ordinal);
        Assert.Contains(key, exception.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    public void Dispose() => _folder.Dispose();

    private void Validate(string json)
    {
        File.WriteAllText(_folder.File("silo.json"), json);
        using var configuration = (ConfigurationRoot)new ConfigurationBuilder().AddJsonFile(_folder.File("silo.json")).Build();
        GranaryConfiguration.Validate(configuration, new KeyValuePair<string, Type>("Granary:Gateway", typeof(GatewayLike)));
    }

    private sealed class GatewayLike
    {
        [Required]
        public string Urls { get; set; } = "http://127.0.0.1";
    }
}
