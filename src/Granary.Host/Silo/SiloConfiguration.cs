using Granary.Configuration;
using Granary.Gateway;
using Granary.Gateway.Identity;
using Granary.Gateway.Telemetry;
using Granary.Host.Commands;

namespace Granary.Host.Silo;

/// <summary>Reads a silo's configuration: the file, then environment variables (<c>Granary__Silo__Zone</c>), then the command line.</summary>
internal static class SiloConfiguration
{
    public static void Load(IConfigurationManager configuration, FileInfo file, IReadOnlyList<string> serve)
    {
        if (!file.Exists)
        {
            throw new CommandException($"no configuration file {file.FullName}; silo-config/ has examples");
        }

        try
        {
            configuration.AddJsonFile(file.FullName, optional: false).AddEnvironmentVariables();
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException)
        {
            throw new CommandException($"{file.FullName}: {(failure.InnerException ?? failure).Message.ReplaceLineEndings(" ")}", innerException: failure);
        }

        if (serve.Count > 0)
        {
            configuration.AddInMemoryCollection(serve.Index().Select(model => KeyValuePair.Create($"Granary:Models:Serve:{model.Index}", (string?)model.Item)));
        }

        try
        {
            GranaryConfiguration.Validate(
                configuration,
                KeyValuePair.Create(GatewayOptions.Section, typeof(GatewayOptions)),
                KeyValuePair.Create(IdentityOptions.Section, typeof(IdentityOptions)),
                KeyValuePair.Create(TelemetryOptions.Section, typeof(TelemetryOptions)));
        }
        catch (GranaryConfigurationException failure)
        {
            throw new CommandException(failure.Message, innerException: failure);
        }
    }
}
