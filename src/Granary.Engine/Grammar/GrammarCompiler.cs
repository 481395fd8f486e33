using System.Globalization;
using System.Text;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Json;
using Granary.Engine.Grammar.Regexes;
using Granary.Engine.Grammar.Schema;
using Granary.Engine.Grammar.Vocabulary;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Grammar;

/// <summary>Compiles the constraints of one model's requests and remembers those used last. Thread-safe.</summary>
internal sealed class GrammarCompiler(ITokenizer tokenizer, int vocabularySize, IReadOnlyList<int> endOfSequenceTokens)
{
    // Made with the first constraint: most models never see one.
    private readonly Lazy<TokenVocabulary> _vocabulary = new(() => TokenVocabulary.Create(tokenizer, vocabularySize, endOfSequenceTokens));
    private readonly GrammarCache _cache = new(GrammarLimits.MaxGrammars, GrammarLimits.MaxGrammarsOfATenant);

    /// <summary>Starts one output's way through the grammar of a constraint.</summary>
    /// <param name="constraint">What the output must look like.</param>
    /// <param name="salt">The tenant's: nobody can tell by the time that it takes what another tenant has asked for.</param>
    /// <exception cref="GranaryException"><c>invalid_request</c>, which names the parameter, what is wrong, and in a schema where.</exception>
    public TokenConstraint Start(OutputConstraint constraint, string salt = "")
    {
        string parameter = constraint.Field ?? ParameterOf(constraint.Kind);
        try
        {
            return new TokenConstraint(_cache.GetOrAdd(salt, KeyOf(constraint), () => Build(constraint)), parameter);
        }
        catch (ConstraintException e)
        {
            throw Refusal(parameter, e);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw Refusal(parameter, new ConstraintException("it is nested too deeply", e));
        }
    }

    /// <summary>As <see cref="Start"/>, off the caller's thread unless the grammar is at hand: the first of a large vocabulary takes long enough to hold up a grain's other streams.</summary>
    public ValueTask<TokenConstraint> StartAsync(OutputConstraint constraint, string salt, CancellationToken ct) =>
        _cache.Has(salt, KeyOf(constraint)) ? ValueTask.FromResult(Start(constraint, salt)) : new(Task.Run(() => StartNew(constraint, salt), ct));

    /// <summary>What the one who asked for a constraint is told.</summary>
    public static GranaryException Refusal(string parameter, ConstraintException problem) =>
        new(ErrorCode.InvalidRequest, $"{parameter} cannot be used: {problem.Message}.", parameter, problem);

    private TokenConstraint StartNew(OutputConstraint constraint, string salt)
    {
        TokenConstraint started = Start(constraint, salt);
        ThreadPool.UnsafeQueueUserWorkItem(static constraint => constraint.Explore(), started, preferLocal: false); // while the prompt is computed
        return started;
    }

    private static string ParameterOf(ConstraintKind kind) => kind switch
    {
        ConstraintKind.Regex => "regex",
        ConstraintKind.Choice => "choice",
        _ => "response_format",
    };

    private CompiledGrammar Build(OutputConstraint constraint)
    {
        var builder = new ExpressionBuilder();
        return new CompiledGrammar(builder, Express(builder, constraint), _vocabulary.Value);
    }

    private static Expression Express(ExpressionBuilder builder, OutputConstraint constraint)
    {
        if (constraint.Text.Length + constraint.Choices.Sum(choice => (long)choice.Length) > GrammarLimits.MaxTextLength)
        {
            throw new ConstraintException($"it is longer than {GrammarLimits.MaxTextLength} characters");
        }

        switch (constraint.Kind)
        {
            case ConstraintKind.JsonObject:
                return builder.Call(new JsonExpressions(builder).AnyObject);
            case ConstraintKind.JsonSchema:
                return SchemaCompiler.Compile(new JsonExpressions(builder), constraint.Text);
            case ConstraintKind.Regex:
                return RegexParser.Whole(builder, constraint.Text, characters => Utf8Expressions.Characters(builder, characters));
            case ConstraintKind.Choice when constraint.Choices.Length is > 0 and <= GrammarLimits.MaxChoices:
                return LiteralTree.Build(builder, constraint.Choices.Select(Encoding.UTF8.GetBytes));
            case ConstraintKind.Choice:
                throw new ConstraintException($"there must be 1 to {GrammarLimits.MaxChoices} texts to choose from");
            default:
                throw new ConstraintException($"kind {constraint.Kind} is not known");
        }
    }

    // Lengths before the texts, so that no two constraints share a key.
    private static string KeyOf(OutputConstraint constraint) => string.Create(
        CultureInfo.InvariantCulture, $"{constraint.Kind} {constraint.Text.Length} {constraint.Text}{string.Concat(constraint.Choices.Select(choice => $"{choice.Length} {choice}"))}");
}
