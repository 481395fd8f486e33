using System.CommandLine;

namespace Granary.Benchmarks.Serve;

/// <summary>Flags of how fast requests come.</summary>
internal sealed class LoadFlags
{
    private readonly Option<int> _prompts = FlagValues.Whole("--num-prompts", 1000, 1, "Requests in all.");
    private readonly Option<double> _rate = FlagValues.Number("--request-rate", double.PositiveInfinity, 0, true, double.PositiveInfinity, "Requests a second; inf: all at once.");
    private readonly Option<double> _burstiness = FlagValues.Number("--burstiness", 1, 0, true, double.PositiveInfinity, "1: Poisson arrivals; less: burstier; more: steadier.");
    private readonly Option<int?> _concurrency = FlagValues.WholeOrNot("--max-concurrency", 1, "Most requests at a time.");
    private readonly Option<double> _probes = FlagValues.Number("--probe-request-rate", 0, 0, false, double.MaxValue, "Requests of one token a second beside the load, timed by themselves.");
    private readonly Option<string> _ramp = new("--ramp-up-strategy") { Description = "linear or exponential: the rate grows." };
    private readonly Option<int?> _rampStart = FlagValues.WholeOrNot("--ramp-up-start-rps", 1, "From so many requests a second");
    private readonly Option<int?> _rampEnd = FlagValues.WholeOrNot("--ramp-up-end-rps", 1, "to so many.");
    private readonly Option<int> _warmups = FlagValues.Whole("--num-warmups", 0, 0, "Requests before the load.");
    private readonly Option<int> _ready = FlagValues.Whole("--ready-check-timeout-sec", 0, 0, "Seconds that the server has until it answers; 0: it is not tried.");
    private readonly Option<int> _seed = FlagValues.Whole("--seed", 0, 0, "Of prompts and arrivals.");
    private readonly Option<bool> _quiet = new("--disable-tqdm") { Description = "There is no progress bar; taken for scripts that have it.", Hidden = true };

    public LoadFlags() => _ramp.AcceptOnlyFromAmong("linear", "exponential");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _prompts, _rate, _burstiness, _concurrency, _probes, _ramp, _rampStart, _rampEnd, _warmups, _ready, _seed, _quiet })
        {
            command.Options.Add(option);
        }

        command.Check(result =>
        {
            var (start, end) = (result.GetValue(_rampStart), result.GetValue(_rampEnd));
            if (result.GetValue(_ramp) is null != start is null || start is null != end is null)
            {
                result.AddError("--ramp-up-strategy, --ramp-up-start-rps and --ramp-up-end-rps belong together");
            }
            else if (start > end)
            {
                result.AddError("--ramp-up-start-rps must not be above --ramp-up-end-rps");
            }
            else if (start is not null && result.GetResult(_rate) is { Implicit: false })
            {
                result.AddError("--request-rate has no say where --ramp-up-strategy has");
            }
        });
    }

    public ServeOptions Read(ParseResult parsed, ServeOptions options) => options with
    {
        NumPrompts = parsed.GetValue(_prompts),
        RequestRate = parsed.GetValue(_rate),
        Burstiness = parsed.GetValue(_burstiness),
        MaxConcurrency = parsed.GetValue(_concurrency),
        ProbeRequestRate = parsed.GetValue(_probes),
        RampUp = parsed.GetValue(_ramp) is { } strategy ? new RampUp(strategy, parsed.GetValue(_rampStart)!.Value, parsed.GetValue(_rampEnd)!.Value) : null,
        NumWarmups = parsed.GetValue(_warmups),
        ReadyCheckTimeout = TimeSpan.FromSeconds(parsed.GetValue(_ready)),
        Seed = parsed.GetValue(_seed),
    };
}
