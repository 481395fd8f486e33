namespace Granary.Benchmarks.Fairness;

/// <summary>How long requests are.</summary>
/// <param name="PromptCharacters">Of a prompt; about three make a token.</param>
/// <param name="MinOutputTokens">Of the shortest reply.</param>
/// <param name="MaxOutputTokens">Of the longest; those between are as likely.</param>
internal readonly record struct RequestShape(int PromptCharacters, int MinOutputTokens, int MaxOutputTokens);
