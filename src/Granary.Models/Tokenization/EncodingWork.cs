namespace Granary.Models.Tokenization;

/// <summary>Counts what encoding does on the current thread, so that tests can hold it against the length of the text without a clock.</summary>
internal static class EncodingWork
{
    [ThreadStatic]
    private static long t_steps;

    /// <summary>Steps of matching and merging so far on this thread.</summary>
    public static long Steps => t_steps;

    public static void Add(long steps) => t_steps += steps;
}
