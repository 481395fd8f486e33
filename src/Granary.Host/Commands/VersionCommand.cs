using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Granary.Host.Commands;

/// <summary><c>granary version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the versions of Granary, .NET, the grain engine and ONNX Runtime.");
        command.SetAction(_ =>
        {
            var engine = typeof(IGrain).Assembly.GetName();
            var onnx = typeof(Microsoft.ML.OnnxRuntime.OrtEnv).Assembly.GetName();
            System.Console.WriteLine($"granary       {typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}");
            System.Console.WriteLine($".NET          {Environment.Version} ({RuntimeInformation.RuntimeIdentifier})");
            System.Console.WriteLine($"grain engine  {(engine.Name == "Orleans.Embedded" ? "Orleans.Embedded" : "Microsoft Orleans")} {Informational(typeof(IGrain))}");
            System.Console.WriteLine($"ONNX Runtime  {Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString()} ({onnx.Name})");
        });
        return command;
    }

    private static string? Informational(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0].Split(". ")[0];
}
