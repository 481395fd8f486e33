using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Granary.Configuration;
using Granary.Gateway;
using Granary.Gateway.Identity;
using Granary.Gateway.Telemetry;

namespace Granary.Host.Tests.Silo;

public sealed class SchemaTests
{
    private static readonly JsonElement Sections = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(Repository.Root, "silo-config", "silo.schema.json")))
        .RootElement.GetProperty("properties").GetProperty("Granary").GetProperty("properties");

    public static TheoryData<string, Type> Options()
    {
        var data = new TheoryData<string, Type>();
        foreach (var (name, type) in GranaryConfiguration.Sections)
        {
            data.Add(name, type);
        }

        data.Add(GatewayOptions.Section, typeof(GatewayOptions));
        data.Add(IdentityOptions.Section, typeof(IdentityOptions));
        data.Add(TelemetryOptions.Section, typeof(TelemetryOptions));
        return data;
    }

    [Fact]
    public void Schema_hasTheSectionsThatASiloReads() =>
        Assert.Equal(
            Options().Select(row => row.Data.Item1["Granary:".Length..]).Order(),
            Sections.EnumerateObject().Select(section => section.Name).Order());

    [Theory]
    [MemberData(nameof(Options))]
    public void Section_hasTheKeysTypesAndBoundsOfItsOptions(string section, Type options)
    {
        var keys = Sections.GetProperty(section["Granary:".Length..]).GetProperty("properties");
        var properties = options.GetProperties().Where(property => property.CanWrite).ToList();

        Assert.Equal(properties.Select(property => property.Name).Order(), keys.EnumerateObject().Select(key => key.Name).Order());
        foreach (var property in properties)
        {
            var key = keys.GetProperty(property.Name);
            Assert.Equal(JsonType(property.PropertyType), key.GetProperty("type").GetString());
            Assert.True(key.GetProperty("description").GetString()!.Length > 10, property.Name);
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && range.OperandType != typeof(TimeSpan))
            {
                Assert.Equal(Convert.ToDouble(range.Minimum), key.GetProperty("minimum").GetDouble());
                Assert.Equal(Convert.ToDouble(range.Maximum), key.TryGetProperty("maximum", out var most) ? most.GetDouble() : long.MaxValue);
            }

            if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            {
                Assert.Equal(allowed.Values.Cast<string>(), key.GetProperty("enum").EnumerateArray().Select(value => value.GetString()!));
            }
        }
    }

    [Theory]
    [InlineData("one-machine")]
    [InlineData("az-a")]
    [InlineData("az-b")]
    [InlineData("az-c")]
    public void ShippedConfiguration_isValid(string name)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager();

        Granary.Host.Silo.SiloConfiguration.Load(configuration, new FileInfo(Path.Combine(Repository.Root, "silo-config", name + ".json")), []);

        Assert.Equal(name, configuration["Granary:Silo:Name"]);
    }

    private static string JsonType(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var scalar when scalar == typeof(string) || scalar == typeof(TimeSpan) || scalar.IsEnum => "string",
        var scalar when scalar == typeof(int) || scalar == typeof(long) => "integer",
        var scalar when scalar == typeof(bool) => "boolean",
        var list when typeof(System.Collections.IEnumerable).IsAssignableFrom(list) => "array",
        _ => "number",
    };
}
