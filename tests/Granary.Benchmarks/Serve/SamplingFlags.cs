using System.CommandLine;

namespace Granary.Benchmarks.Serve;

/// <summary>Flags of how tokens are chosen; what is not given is the server's to say.</summary>
internal sealed class SamplingFlags
{
    private static readonly string[] Names = ["top_p", "top_k", "min_p", "temperature", "frequency_penalty", "presence_penalty", "repetition_penalty"];

    private readonly (string Field, Option<double?> Option)[] _options =
        Array.ConvertAll(Names, field => (field, new Option<double?>("--" + field.Replace('_', '-')) { Description = $"{field} of each request." }));

    public void AddTo(Command command)
    {
        foreach (var (_, option) in _options)
        {
            command.Options.Add(option);
        }
    }

    public Dictionary<string, double> Read(ParseResult parsed) =>
        _options.Select(one => (one.Field, Value: parsed.GetValue(one.Option))).Where(one => one.Value is not null).ToDictionary(one => one.Field, one => one.Value!.Value, StringComparer.Ordinal);
}
