using System.Globalization;
using System.Net;
using Granary.Host.Commands;

namespace Granary.Host.Local;

/// <summary>Starts a silo of this machine and waits until its gateway is ready.</summary>
internal static class SiloProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static ManagedProcess Start(GranaryPaths paths, SiloPlan plan)
    {
        var environment = new Dictionary<string, string>(plan.Environment, StringComparer.Ordinal)
        {
            ["Granary__Gateway__Urls__0"] = plan.Url.GetLeftPart(UriPartial.Authority),
            ["Granary__Silo__SiloPort"] = plan.SiloPort.ToString(CultureInfo.InvariantCulture),
            ["Granary__Silo__GatewayPort"] = plan.GatewayPort.ToString(CultureInfo.InvariantCulture),
            ["Granary__Identity__FirstKeyFile"] = FirstKeys.File(paths, plan.Name),
            ["Granary__Health__RestartInPlace"] = "true",
            ["DOTNET_TieredPGO"] = "1",
        };
        var program = Path.Combine(AppContext.BaseDirectory, "granary.dll");
        var log = LogFile(paths, plan.Name);
        Directory.CreateDirectory(paths.Logs);
        File.Delete(log);
        return ManagedProcess.Start(plan.Name, [Environment.ProcessPath!, .. IsDotnet() ? [program] : Array.Empty<string>(), "silo", "--config", plan.ConfigFile], log, environment, plan.Url);
    }

    public static async Task WaitUntilReadyAsync(GranaryPaths paths, ManagedProcess process, Action<string> step, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = process.Url, Timeout = TimeSpan.FromSeconds(5) };
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            var (ready, state) = await AskAsync(http, cancellationToken);
            var elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(begin);
            if (!process.IsAlive()) // whatever answers there is another's then
            {
                throw new CommandException($"silo {process.Name} ended at its start: {LastWords(LogFile(paths, process.Name))} (log: {LogFile(paths, process.Name)})");
            }

            if (ready)
            {
                return;
            }

            if (elapsed > Patience)
            {
                throw new CommandException($"silo {process.Name} was not ready after {Patience.TotalSeconds:F0} s: {state} (log: {LogFile(paths, process.Name)})");
            }

            step($"{process.Name}: {state}, {elapsed.TotalSeconds:F0} s");
            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task<(bool Ready, string State)> AskAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync("health/ready", cancellationToken);
            return (answer.StatusCode == HttpStatusCode.OK, ReadinessText.Of(await answer.Content.ReadAsStringAsync(cancellationToken)));
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (false, "starting");
        }
    }

    private static string LastWords(string log)
    {
        try
        {
            var lines = File.ReadAllLines(log);
            return Array.FindLast(lines, line => line.StartsWith("granary: ", StringComparison.Ordinal))?["granary: ".Length..]
                ?? Array.Find(lines, line => line.Contains("Z crit: ", StringComparison.Ordinal) || line.Contains("Z fail: ", StringComparison.Ordinal))
                ?? lines.LastOrDefault(line => line.Length > 0)
                ?? "it said nothing";
        }
        catch (IOException failure)
        {
            return failure.Message;
        }
    }

    private static bool IsDotnet() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";

    private static string LogFile(GranaryPaths paths, string name) => Path.Combine(paths.Logs, name + ".log");
}
