using System.CommandLine;

namespace Granary.Benchmarks.Serve;

/// <summary>Flags of what is asked.</summary>
internal sealed class DatasetFlags
{
    private readonly Option<string> _name = new("--dataset-name") { Description = "random, prefix_repetition, sharegpt, sonnet or custom (lines of {\"prompt\": …}).", DefaultValueFactory = _ => "random" };
    private readonly Option<FileInfo> _path = new("--dataset-path") { Description = "File of sharegpt (JSON), sonnet (lines) or custom (JSON lines)." };
    private readonly Option<bool> _noOversample = new("--no-oversample") { Description = "A file of few entries makes few requests." };
    private readonly Option<bool> _disableShuffle = new("--disable-shuffle") { Description = "Entries keep their order." };
    private readonly Option<int?> _inputLen = FlagValues.WholeOrNot("--input-len", 1, "Tokens of a prompt, whatever the dataset.");
    private readonly Option<int?> _outputLen = FlagValues.WholeOrNot("--output-len", 1, "Most tokens of a reply, whatever the dataset.");
    private readonly Option<int> _randomInputLen = FlagValues.Whole("--random-input-len", 1024, 1, "Tokens of a random prompt; without --tokenizer, words.");
    private readonly Option<int> _randomOutputLen = FlagValues.Whole("--random-output-len", 128, 1, "Most tokens of a reply to it.");
    private readonly Option<double> _randomRangeRatio = FlagValues.Number("--random-range-ratio", 0, 0, false, 1, "By how much both may be less and more.");
    private readonly Option<int> _randomPrefixLen = FlagValues.Whole("--random-prefix-len", 0, 0, "Tokens that all random prompts begin with.");
    private readonly Option<int> _prefixLen = FlagValues.Whole("--prefix-repetition-prefix-len", 256, 1, "Tokens that prompts share.");
    private readonly Option<int> _suffixLen = FlagValues.Whole("--prefix-repetition-suffix-len", 256, 1, "Tokens that they do not.");
    private readonly Option<int> _numPrefixes = FlagValues.Whole("--prefix-repetition-num-prefixes", 10, 1, "Such beginnings.");
    private readonly Option<int> _prefixOutputLen = FlagValues.Whole("--prefix-repetition-output-len", 128, 1, "Most tokens of a reply to it.");
    private readonly Option<int?> _shareGptOutputLen = FlagValues.WholeOrNot("--sharegpt-output-len", 1, "Most tokens of a reply; without it, as many as the one there.");
    private readonly Option<int> _sonnetInputLen = FlagValues.Whole("--sonnet-input-len", 550, 1, "Tokens of a prompt of lines.");
    private readonly Option<int> _sonnetOutputLen = FlagValues.Whole("--sonnet-output-len", 150, 1, "Most tokens of a reply to it.");
    private readonly Option<int> _sonnetPrefixLen = FlagValues.Whole("--sonnet-prefix-len", 200, 0, "Tokens that all of them begin with.");
    private readonly Option<int> _customOutputLen = FlagValues.Whole("--custom-output-len", 256, -1, "Most tokens of a reply; -1: as output_tokens of the line says.");

    public DatasetFlags()
    {
        _name.AcceptOnlyFromAmong("random", "prefix_repetition", "sharegpt", "sonnet", "custom");
        _path.AcceptExistingOnly();
    }

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _name, _path, _noOversample, _disableShuffle, _inputLen, _outputLen, _randomInputLen, _randomOutputLen, _randomRangeRatio, _randomPrefixLen, _prefixLen, _suffixLen, _numPrefixes,
            _prefixOutputLen, _shareGptOutputLen, _sonnetInputLen, _sonnetOutputLen, _sonnetPrefixLen, _customOutputLen,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        command.Check(result =>
        {
            // Before defaults are filled in: what was not given is null here.
            var isMade = result.GetValue(_name) is null or "random" or "prefix_repetition";
            if (isMade != (result.GetValue(_path) is null))
            {
                result.AddError(isMade ? "--dataset-path is for --dataset-name sharegpt, sonnet and custom" : "--dataset-name sharegpt, sonnet and custom need --dataset-path");
            }
        });
    }

    public DatasetOptions Read(ParseResult parsed) => new()
    {
        Name = parsed.GetValue(_name)!,
        Path = parsed.GetValue(_path),
        NoOversample = parsed.GetValue(_noOversample),
        DisableShuffle = parsed.GetValue(_disableShuffle),
        RandomInputLen = parsed.GetValue(_inputLen) ?? parsed.GetValue(_randomInputLen),
        RandomOutputLen = parsed.GetValue(_outputLen) ?? parsed.GetValue(_randomOutputLen),
        RandomRangeRatio = parsed.GetValue(_randomRangeRatio),
        RandomPrefixLen = parsed.GetValue(_randomPrefixLen),
        PrefixLen = parsed.GetValue(_prefixLen),
        SuffixLen = parsed.GetValue(_suffixLen),
        NumPrefixes = parsed.GetValue(_numPrefixes),
        PrefixOutputLen = parsed.GetValue(_outputLen) ?? parsed.GetValue(_prefixOutputLen),
        ShareGptOutputLen = parsed.GetValue(_outputLen) ?? parsed.GetValue(_shareGptOutputLen),
        SonnetInputLen = parsed.GetValue(_inputLen) ?? parsed.GetValue(_sonnetInputLen),
        SonnetOutputLen = parsed.GetValue(_outputLen) ?? parsed.GetValue(_sonnetOutputLen),
        SonnetPrefixLen = parsed.GetValue(_sonnetPrefixLen),
        CustomOutputLen = parsed.GetValue(_outputLen) ?? parsed.GetValue(_customOutputLen),
    };
}
