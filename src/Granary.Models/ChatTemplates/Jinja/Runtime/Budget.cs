using System.Runtime.CompilerServices;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>What one rendering may use. Everything a template does is charged here, so that no template runs for long or grows large.</summary>
internal sealed class Budget
{
    public const int MaxCallDepth = 100;
    private const long MaxSteps = 2_000_000;
    private const long MaxOutputChars = 64L << 20;
    private long _steps = MaxSteps;
    private long _output = MaxOutputChars;
    private int _depth;

    /// <summary>Charges work on <paramref name="items"/> characters or elements.</summary>
    public void Charge(long items = 1)
    {
        _steps -= items;
        if (_steps < 0)
        {
            throw new JinjaException($"the template takes more than {MaxSteps} steps");
        }
    }

    /// <summary>Charges new text; copying is cheap, so sixteen characters are a step.</summary>
    public string Text(string text)
    {
        ChargeText(text.Length);
        return text;
    }

    public void ChargeText(long chars) => Charge(1 + (chars >> 4));

    public void Output(int chars)
    {
        _output -= chars;
        if (_output < 0)
        {
            throw new JinjaException($"the template writes more than {MaxOutputChars} characters");
        }
    }

    public void Enter()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++_depth > MaxCallDepth)
        {
            throw new JinjaException($"macros call each other deeper than {MaxCallDepth}");
        }
    }

    public void Leave() => _depth--;
}
