using System.Reflection;

namespace Granary.Benchmarks.Reporting;

/// <summary>What was measured.</summary>
/// <param name="Granary">Version of this repository.</param>
/// <param name="DotNet">Version of the runtime.</param>
/// <param name="Engine">The grain engine and its version.</param>
/// <param name="OnnxRuntime">Version of ONNX Runtime, where a benchmark uses it.</param>
/// <param name="Peer">The peer and its version, where a benchmark measures one.</param>
internal sealed record Versions(string Granary, string DotNet, string Engine, string? OnnxRuntime, string? Peer)
{
    public const string EmbeddedEngine = "Orleans.Embedded";

    public bool IsEmbedded => Engine.StartsWith(EmbeddedEngine, StringComparison.Ordinal);

    public static Versions Read(string? peer)
    {
        var engine = typeof(Grain).Assembly;
        var name = engine.GetName().Name == EmbeddedEngine ? EmbeddedEngine : "Microsoft.Orleans";
        var onnxRuntime = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == "Microsoft.ML.OnnxRuntime");
        return new(Of(typeof(Versions).Assembly), Environment.Version.ToString(), $"{name} {Of(engine)}", onnxRuntime is null ? null : Of(onnxRuntime), peer);
    }

    private static string Of(Assembly assembly)
    {
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version!.ToString();
        return version.Split('+', ' ')[0].TrimEnd('.');
    }
}
