using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Profiles;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary><c>granary cluster profile</c>.</summary>
internal static class ClusterProfileCommand
{
    private static readonly (string Name, Func<SiloProfile, string> Value)[] Figures =
    [
        ("zone", silo => silo.Zone),
        ("device", silo => silo.DeviceKind),
        ("device name", silo => silo.DeviceName),
        ("device memory", silo => Bytes(silo.DeviceMemoryBytes)),
        ("device memory free", silo => Bytes(silo.FreeDeviceMemoryBytes)),
        ("cores", silo => $"{silo.Cores}"),
        ("processors", silo => $"{silo.Processors}"),
        ("matmul (fp32)", silo => Number($"{silo.MatMulFlops / 1e9:0.0}", "GFLOP/s")),
        ("copy", silo => Number($"{silo.CopyBytesPerSecond / 1e9:0.0}", "GB/s")),
        ("memory", silo => Bytes(silo.MemoryBytes)),
        ("memory free", silo => Bytes(silo.FreeMemoryBytes)),
        ("process memory", silo => Bytes(silo.ProcessMemoryBytes)),
        ("processor use", silo => silo.ProcessorUse.ToString("0%", CultureInfo.InvariantCulture)),
        ("load average", silo => silo.LoadAverage.ToString("0.00", CultureInfo.InvariantCulture)),
        ("disk", silo => Bytes(silo.DiskBytes)),
        ("disk free", silo => Bytes(silo.FreeDiskBytes)),
        ("models", silo => string.Join(' ', silo.Models)),
        ("slots", silo => $"{silo.Slots}"),
        ("running", silo => $"{silo.Running}"),
        ("waiting", silo => $"{silo.Waiting}"),
        ("step", silo => Number($"{silo.StepMilliseconds:0.0}", "ms")),
        ("kv use", silo => silo.KvUse.ToString("0%", CultureInfo.InvariantCulture)),
        ("kv in host memory", silo => Bytes(silo.HostKvBytes)),
        ("kv on disk", silo => Bytes(silo.DiskKvBytes)),
        ("prompt tokens", silo => Number($"{silo.PromptTokensPerSecond:0.0}", "/s")),
        ("output tokens", silo => Number($"{silo.OutputTokensPerSecond:0.0}", "/s")),
        ("turns", silo => $"{silo.Turns}"),
    ];

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var url = GatewayUrl.Option();
        var command = new Command("profile", "What silos have, how fast and how busy they are, and how they reach each other.") { json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var profiles = await cluster.AskAsync(HttpMethod.Get, "admin/profiles", null, cancellationToken);
            if (parsed.GetValue(json))
            {
                System.Console.WriteLine(JsonSerializer.Serialize(profiles, IndentedJson.Options));
            }
            else
            {
                Print(profiles.Deserialize<SiloProfile[]>(JsonSerializerOptions.Web)!);
            }

            return 0;
        });
        return command;
    }

    private static void Print(SiloProfile[] silos)
    {
        var figures = new Table().Title("silos").AddColumn("").AddColumns([.. silos.Select(silo => Markup.Escape(silo.Silo))]);
        foreach (var (name, value) in Figures)
        {
            figures.AddRow([name, .. silos.Select(silo => Markup.Escape(value(silo)))]);
        }

        AnsiConsole.Write(figures);
        if (silos.Any(silo => silo.Links.Length > 0))
        {
            AnsiConsole.Write(Links(silos));
        }
    }

    private static Table Links(SiloProfile[] silos)
    {
        var table = new Table().Title("round trip and rate of a grain call").AddColumn("from \\ to").AddColumns([.. silos.Select(silo => Markup.Escape(silo.Silo))]);
        foreach (var from in silos)
        {
            table.AddRow([Markup.Escape(from.Silo), .. silos.Select(to => Array.Find(from.Links, link => link.Address == to.Address) is { } link
                ? Number($"{link.RoundTripMilliseconds:0.00}", "ms, ") + Number($"{link.BytesPerSecond / 1e6:0}", "MB/s")
                : "–")]);
        }

        return table;
    }

    private static string Bytes(long bytes) => Number($"{bytes / (double)(1 << 30):0.0}", "GiB");

    private static string Number(FormattableString number, string unit) => $"{number.ToString(CultureInfo.InvariantCulture)} {unit}";
}
