using System.Diagnostics;

namespace Granary.Cluster.Tests.Running;

/// <summary>Runs the real command line as a process of its own, on a data folder of the test's own.</summary>
public sealed class Cli(string data)
{
    public static string RepositoryRoot { get; } = FindRoot();

    public string Data { get; } = data;

    /// <summary>Variables that its processes have besides those of this one.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs to the end, at most three minutes.</summary>
    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"granary {string.Join(' ', arguments)} did not end: {await output}{await error}", late);
        }

        return new CliResult(process.ExitCode, await output, await error);
    }

    /// <summary>Starts it without waiting.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [HostProgram(), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GRANARY_ROOT"] = RepositoryRoot;
        start.Environment["GRANARY_DATA"] = Data;
        start.Environment.Remove("GRANARY_URL");
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
    }

    // artifacts/PROFILE/bin/Granary.Cluster.Tests/CONFIGURATION/ → artifacts/PROFILE/bin/Granary.Host/CONFIGURATION/
    private static string HostProgram()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, "Granary.Host", here.Name, "granary.dll");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Cluster.sln not found above " + AppContext.BaseDirectory);
        }

        return folder.FullName;
    }
}
