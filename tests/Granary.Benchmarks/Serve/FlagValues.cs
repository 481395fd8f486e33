using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Benchmarks.Serve;

/// <summary>Kinds of values that flags have.</summary>
internal static class FlagValues
{
    /// <summary>Checks how flags go together, where each is right by itself.</summary>
    public static void Check(this Command command, Action<CommandResult> check) => command.Validators.Add(result =>
    {
        try
        {
            check(result);
        }
        catch (InvalidOperationException)
        {
            // A value is missing or wrong, which the parser says itself.
        }
    });

    /// <summary>A whole number.</summary>
    public static Option<int> Whole(string name, int otherwise, int least, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result => Require(result, result.Errors.Any() || result.GetValueOrDefault<int>() >= least, $"{name} takes whole numbers from {least} on"));
        return option;
    }

    /// <summary>A whole number, if it is given.</summary>
    public static Option<int?> WholeOrNot(string name, int least, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result => Require(result, result.Errors.Any() || !(result.GetValueOrDefault<int?>() < least), $"{name} takes whole numbers from {least} on"));
        return option;
    }

    /// <summary>A number within bounds, or <c>inf</c> where that is within them.</summary>
    public static Option<double> Number(string name, double otherwise, double least, bool isLeastExcluded, double most, string description) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (TryRead(result.Tokens[0].Value, out var number) && (isLeastExcluded ? number > least : number >= least) && number <= most)
            {
                return number;
            }

            result.AddError($"{name} takes numbers {(isLeastExcluded ? "above" : "from")} {least.ToString(CultureInfo.InvariantCulture)}{(isLeastExcluded ? "" : " on")}{(double.IsInfinity(most) ? ", or inf" : most < double.MaxValue ? $" and to {most.ToString(CultureInfo.InvariantCulture)}" : "")}");
            return otherwise;
        },
    };

    /// <summary>Several <c>KEY=VALUE</c>.</summary>
    public static Option<string[]> Pairs(string name, string description)
    {
        var option = new Option<string[]>(name) { Description = description, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.ZeroOrMore };
        option.Validators.Add(result => Require(result, result.Tokens.All(token => token.Value.Contains('=', StringComparison.Ordinal)), $"{name} takes KEY=VALUE"));
        return option;
    }

    /// <summary>A JSON object, if it is given.</summary>
    public static Option<JsonObject?> Fields(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            try
            {
                if (JsonNode.Parse(result.Tokens[0].Value) is JsonObject read)
                {
                    return read;
                }
            }
            catch (JsonException)
            {
                // The same is said of all that is no object.
            }

            result.AddError($"{name} takes a JSON object");
            return null;
        },
    };

    /// <summary>What <see cref="Pairs"/> were given.</summary>
    public static KeyValuePair<string, string>[] Split(string[]? pairs) =>
        Array.ConvertAll(pairs ?? [], pair => new KeyValuePair<string, string>(pair[..pair.IndexOf('=', StringComparison.Ordinal)].Trim(), pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim()));

    /// <summary>Reads a number as vLLM writes it.</summary>
    public static bool TryRead(string text, out double number)
    {
        number = double.PositiveInfinity;
        return text == "inf" || (double.TryParse(text, CultureInfo.InvariantCulture, out number) && double.IsFinite(number));
    }

    private static void Require(OptionResult result, bool isRight, string message)
    {
        if (!isRight)
        {
            result.AddError(message);
        }
    }
}
