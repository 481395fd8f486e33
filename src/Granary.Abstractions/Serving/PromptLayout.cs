namespace Granary.Serving;

/// <summary>Which outputs of a generation belong to which prompt: those of the first, then those of the second, and so on, the same number each.</summary>
/// <param name="Prompts">Prompts, 1 or more.</param>
/// <param name="Choices">Outputs of all prompts.</param>
public readonly record struct PromptLayout(int Prompts, int Choices)
{
    /// <summary>Outputs of each prompt.</summary>
    public int PerPrompt => Choices / Prompts;

    /// <summary>The prompt of an output.</summary>
    public int PromptOf(int choice) => choice / PerPrompt;

    /// <summary>Which of its prompt's outputs an output is, from 0.</summary>
    public int PlaceOf(int choice) => choice % PerPrompt;
}
