using System.Security.Cryptography;
using System.Text;
using Granary.Models;

namespace Granary.Engine.Kv;

/// <summary>What must agree before keys and values of one engine mean anything to another.</summary>
/// <param name="Identity">SHA-256 over the model's fingerprint, its weights' kind and the sizes here, 32 bytes.</param>
/// <param name="TokenBytes">Bytes of one token's keys and values in all layers.</param>
/// <param name="BlockTokens">Tokens of a block.</param>
internal sealed record KvFormat(ReadOnlyMemory<byte> Identity, int TokenBytes, int BlockTokens)
{
    /// <summary>Bytes of a block.</summary>
    public int BlockBytes => checked(TokenBytes * BlockTokens);

    /// <summary>The format of a model's blocks.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenBytes">Bytes of one token's keys and values; tells 16-bit caches from 32-bit ones.</param>
    /// <param name="blockTokens">Tokens of a block.</param>
    public static KvFormat Of(ModelManifest model, int tokenBytes, int blockTokens)
    {
        string text = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"granary-kv-1\n{model.Fingerprint}\n{model.Weights}\n{tokenBytes}\n{blockTokens}\n");
        return new KvFormat(SHA256.HashData(Encoding.UTF8.GetBytes(text)), tokenBytes, blockTokens);
    }
}
