namespace Granary.Chaos.Clients;

/// <summary>What the clients say.</summary>
internal static class Prompts
{
    private static readonly string[] Texts =
    [
        "Tell me a story.", "What is Kubernetes?", "Hello", "What is a database?", "Tell me about the sea.", "How do I make tea?", "What is photosynthesis?", "Tell me a joke.",
        "I had a long day.", "What should I cook tonight?", "Why is the sky blue?", "Write a short message to a friend.",
    ];

    public static string Any(Random random) => Texts[random.Next(Texts.Length)];

    /// <summary>Most tokens of a reply: 64 to 256, now and then 600.</summary>
    public static int Length(Random random) => random.Next(8) == 0 ? 600 : random.Next(64, 257);
}
