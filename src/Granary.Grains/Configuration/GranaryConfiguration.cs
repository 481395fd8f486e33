using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Granary.Audit;
using Granary.Clustering;
using Granary.Completions;
using Granary.Deployments;
using Granary.Engine;
using Granary.Health;
using Granary.ResponseCache;
using Granary.Serving;
using Granary.Sessions;
using Granary.Shards;
using Granary.Storage;
using Granary.Tenants;
using Granary.TokenLog;
using Granary.Turns;
using Microsoft.Extensions.Configuration;

namespace Granary.Configuration;

/// <summary>The configuration's sections, and a check that finds wrong keys and values before anything starts.</summary>
public static class GranaryConfiguration
{
    /// <summary>Name of the section that holds all others.</summary>
    public const string Root = "Granary";

    /// <summary>The sections that a silo reads, by full name, with the options they bind to.</summary>
    public static IReadOnlyDictionary<string, Type> Sections { get; } = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase)
    {
        [SiloSettings.SectionName] = typeof(SiloSettings),
        [ClusteringOptions.SectionName] = typeof(ClusteringOptions),
        [StorageOptions.SectionName] = typeof(StorageOptions),
        [TokenLogOptions.SectionName] = typeof(TokenLogOptions),
        [ModelsOptions.SectionName] = typeof(ModelsOptions),
        [DeploymentsOptions.SectionName] = typeof(DeploymentsOptions),
        [ExpertsOptions.SectionName] = typeof(ExpertsOptions),
        [EngineOptions.SectionName] = typeof(EngineOptions),
        [HealthOptions.SectionName] = typeof(HealthOptions),
        [AuditOptions.SectionName] = typeof(AuditOptions),
        [RoutingOptions.SectionName] = typeof(RoutingOptions),
        [FailoverOptions.SectionName] = typeof(FailoverOptions),
        [SessionsOptions.SectionName] = typeof(SessionsOptions),
        [CompletionsOptions.SectionName] = typeof(CompletionsOptions),
        [TenantsOptions.SectionName] = typeof(TenantsOptions),
        [WebhookOptions.SectionName] = typeof(WebhookOptions),
        [ResponseCacheOptions.SectionName] = typeof(ResponseCacheOptions),
    };

    /// <summary>Checks every key and value below <see cref="Root"/>.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="more">Sections of others, such as the gateway's.</param>
    /// <exception cref="GranaryConfigurationException">A key is unknown, or a value is not what it must be.</exception>
    public static void Validate(IConfiguration configuration, params IEnumerable<KeyValuePair<string, Type>> more)
    {
        var sections = Sections.Concat(more).ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetSection(Root).GetChildren())
        {
            if (!sections.TryGetValue(section.Path, out var type))
            {
                throw Wrong(configuration, section.Path, "unknown", sections.Keys.Select(name => name[(Root.Length + 1)..]));
            }

            CheckKeys(configuration, section, type);
        }

        foreach (var (path, type) in sections)
        {
            CheckValues(configuration, configuration.GetSection(path), type);
        }
    }

    private static void CheckKeys(IConfiguration configuration, IConfigurationSection section, Type type)
    {
        var properties = Properties(type);
        if (section.Value is { Length: > 0 })
        {
            throw new GranaryConfigurationException($"{Where(configuration, section.Path)}: '{section.Path}' must be an object with keys of: {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}.");
        }

        foreach (var child in section.GetChildren())
        {
            if (!properties.TryGetValue(child.Key, out var property))
            {
                throw Wrong(configuration, child.Path, "unknown", properties.Keys);
            }

            if (IsNested(property.PropertyType))
            {
                CheckKeys(configuration, child, property.PropertyType);
            }
            else if (ElementType(property.PropertyType) is { } element && IsNested(element))
            {
                foreach (var item in child.GetChildren())
                {
                    CheckKeys(configuration, item, element);
                }
            }
            else
            {
                CheckConvertible(configuration, child, property.PropertyType);
            }
        }
    }

    private static void CheckConvertible(IConfiguration configuration, IConfigurationSection section, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        var isScalar = TypeDescriptor.GetConverter(target).CanConvertFrom(typeof(string));
        if (isScalar && section.GetChildren().Any())
        {
            throw new GranaryConfigurationException($"{Where(configuration, section.Path)}: '{section.Path}' must be {Describe(target)}.");
        }

        if (!isScalar || section.Value is not { } value || (value.Length == 0 && target != type))
        {
            return;
        }

        try
        {
            TypeDescriptor.GetConverter(target).ConvertFromString(null, CultureInfo.InvariantCulture, value);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException || exception.InnerException is FormatException or OverflowException)
        {
            throw new GranaryConfigurationException($"{Where(configuration, section.Path)}: '{section.Path}' is '{value}', but must be {Describe(target)}.");
        }
    }

    private static void CheckValues(IConfiguration configuration, IConfigurationSection section, Type type)
    {
        var options = Activator.CreateInstance(type)!;
        section.Bind(options);
        var results = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true))
        {
            return;
        }

        var path = results[0].MemberNames.FirstOrDefault() is { } member ? $"{section.Path}:{member}" : section.Path;
        throw new GranaryConfigurationException($"{Where(configuration, path)}: '{path}' is wrong: {results[0].ErrorMessage}");
    }

    private static GranaryConfigurationException Wrong(IConfiguration configuration, string path, string what, IEnumerable<string> allowed) =>
        new($"{Where(configuration, path)}: '{path}' is {what}; allowed here: {string.Join(", ", allowed.Order(StringComparer.Ordinal))}.");

    /// <summary>The file, or other source, whose value for the key counts; for a missing key, of the section around it.</summary>
    private static string Where(IConfiguration configuration, string path)
    {
        if (configuration is not IConfigurationRoot root)
        {
            return "configuration";
        }

        var provider = root.Providers.Reverse().FirstOrDefault(provider =>
            provider.TryGet(path, out _) || provider.GetChildKeys([], path).Any());
        return provider switch
        {
            FileConfigurationProvider { Source: { Path: { } file } source } => source.FileProvider?.GetFileInfo(file).PhysicalPath ?? file,
            { } other => other.ToString() ?? "configuration",
            null when path.LastIndexOf(':') is > 0 and var parent => Where(configuration, path[..parent]),
            null => "configuration",
        };
    }

    private static Dictionary<string, PropertyInfo> Properties(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite)
        .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    private static bool IsNested(Type type) =>
        type is { IsClass: true, IsArray: false } && type != typeof(string) && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type) && !TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    private static Type? ElementType(Type type) =>
        type.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[0] : null;

    private static string Describe(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a time such as 00:00:15",
        _ when type == typeof(string) => "a text",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ => $"a {type.Name}",
    };
}
