using Granary.Models;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A tokenizer that takes until it is released over the first text in which a word is.</summary>
internal sealed class HeldTokenizer(string word) : ITokenizer, IDisposable
{
    private readonly ByteTokenizer _inner = new();
    private int _uses;

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ManualResetEventSlim Released { get; } = new();

    /// <summary>How often a text with the word came.</summary>
    public int Uses => Volatile.Read(ref _uses);

    public int VocabularySize => _inner.VocabularySize;

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false)
    {
        if (text.Contains(word, StringComparison.Ordinal) && Interlocked.Increment(ref _uses) == 1)
        {
            Entered.SetResult();
            Released.Wait();
        }

        return _inner.Encode(text, parseSpecialTokens, addSpecialTokens);
    }

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => _inner.Decode(tokens, skipSpecialTokens);

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => _inner.CreateStreamDecoder(skipSpecialTokens);

    public void Dispose() => Released.Dispose();
}
