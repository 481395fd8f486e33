using System.Runtime.InteropServices;

namespace Granary.Serving;

/// <summary>
/// A prompt's beginning as a chain of block hashes: equal hashes are equal beginnings, of one tenant. Text stands for tokens here, since only a replica can tokenise; the tail that fills no block does
/// not count.
/// </summary>
/// <remarks>
/// As the prefix-cache scorers of llm-d and of the Gateway API's inference extension estimate what a server has cached, by hashes of blocks of characters that they sent there. A collision costs
/// a cache hit, nothing else.
/// </remarks>
internal static class PromptBlocks
{
    /// <summary>UTF-16 code units of a block, some sixty tokens of English.</summary>
    public const int BlockLength = 256;

    /// <summary>Blocks that are looked at; where prompts are longer, their beginnings decide.</summary>
    public const int MaxBlocks = 128;

    /// <summary>The chain's hashes, one for each full block.</summary>
    public static ulong[] Of(GenerateRequest request) => [.. Hashes(request, isWhole: false).Take(MaxBlocks)];

    /// <summary>Hash of the first block, or of all there is.</summary>
    public static ulong Beginning(GenerateRequest request) => Hashes(request, isWhole: true).First();

    private static IEnumerable<ulong> Hashes(GenerateRequest request, bool isWhole)
    {
        var (hash, block, length) = (StableHash.Of(request.Tenant), new char[BlockLength], 0);
        foreach (var part in Parts(request))
        {
            for (var at = 0; at < part.Length;)
            {
                var taken = Math.Min(part.Length - at, BlockLength - length);
                part.Span.Slice(at, taken).CopyTo(block.AsSpan(length));
                (at, length) = (at + taken, length + taken);
                if (length == BlockLength)
                {
                    yield return hash = StableHash.Of(block, hash);
                    length = 0;
                }
            }
        }

        if (isWhole)
        {
            yield return StableHash.Of(block.AsSpan(0, length), hash);
        }
    }

    // In the order of a prompt: tools come before what is said. A control character parts one from the next.
    private static IEnumerable<ReadOnlyMemory<char>> Parts(GenerateRequest request)
    {
        foreach (var tool in request.Tools?.Definitions ?? [])
        {
            yield return $"\u0001{tool.Name}".AsMemory();
        }

        foreach (var message in request.Messages ?? [])
        {
            yield return $"\u0002{(int)message.Role}".AsMemory();
            yield return message.Content.AsMemory();
        }

        if (request.Prompts is [var prompt, ..])
        {
            yield return prompt.Text?.AsMemory() ?? MemoryMarshal.Cast<int, char>(prompt.Tokens).ToArray().AsMemory();
        }
    }
}
