using System.Security.Cryptography;
using System.Text.Json;
using Granary.Errors;
using Granary.Identity;
using Granary.Models;
using Granary.Serving;
using Granary.Tenants;
using Granary.TokenLog.Frames;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.ResponseCache;

/// <summary>See <see cref="IResponseCache"/>. What this silo's memory lacks is asked of Redis, where there is one.</summary>
internal sealed class KeptResponses : IResponseCache, IAsyncDisposable
{
    private readonly ResponseCacheOptions _options;
    private readonly ReplicaDirectory _replicas;
    private readonly TenantQuotas _quotas;
    private readonly TimeProvider _time;
    private readonly MemoryResponses _memory;
    private readonly RedisResponses? _redis;

    public KeptResponses(IOptions<ResponseCacheOptions> options, ReplicaDirectory replicas, TenantQuotas quotas, TimeProvider time, ILogger<KeptResponses> logger)
    {
        (_options, _replicas, _quotas, _time) = (options.Value, replicas, quotas, time);
        _memory = new MemoryResponses(_options.MaxBytes, time);
        _redis = _options is { Enabled: true, Redis: { Length: > 0 } redis } ? new RedisResponses(redis, time, logger) : null;
    }

    public async ValueTask<ResponseKey?> KeyOfAsync(string owner, string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        if (!_options.Enabled || request.Sampling is { Temperature: not 0, Seed: null } || await VersionAsync(model) is not { } version)
        {
            return null;
        }

        var limits = await _quotas.GetLimitsAsync(OwnedKey.TenantOfOwner(owner), cancellationToken);
        if (!limits.Allows(model))
        {
            return null;
        }

        // Limits of length cut answers.
        var asked = request with { RequestId = "", Key = "", RunsUnread = false, TraceParent = null, Priority = 0 };
        var canonical = JsonSerializer.SerializeToUtf8Bytes(new { owner, model, version, limits.MaxOutputTokens, limits.MaxContextTokens, asked });
        return new ResponseKey(Convert.ToHexStringLower(SHA256.HashData(canonical)), version.Fingerprint, limits);
    }

    public async ValueTask<CachedResponse?> FindAsync(ResponseKey key, string owner, string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        if ((_memory.Find(key.Hash) ?? await FindSharedAsync(key.Hash)) is not { } answer)
        {
            return null;
        }

        var (isGood, rates) = await _quotas.AdmitAnsweredAsync(OwnedKey.TenantOfOwner(owner), request.RequestId, model, request.Key, key.Limits, cancellationToken);
        return isGood ? new CachedResponse([.. FrameCodec.DecodeAll(answer)], rates) : null;
    }

    public void Add(ResponseKey key, TokenFrame[] outputs)
    {
        if (!outputs.All(static output => output.FinishReason is FinishReason.Stop or FinishReason.Length or FinishReason.ToolCalls)
            || !outputs.All(output => output.Fingerprint is null || output.Fingerprint == key.Fingerprint)
            || outputs.All(static output => output.Fingerprint is null))
        {
            return;
        }

        // A hit computes nothing of its prompt.
        TokenFrame[] kept = Array.ConvertAll(outputs, static output => output with { Usage = output.Usage is { } usage ? usage with { CachedTokens = usage.PromptTokens } : null });
        byte[] bytes = [.. kept.SelectMany(FrameCodec.Encode)];
        if (bytes.Length > _options.MaxEntryBytes)
        {
            return;
        }

        _memory.Add(key.Hash, bytes, _time.GetUtcNow() + _options.Lifetime);
        _ = _redis?.AddAsync(key.Hash, bytes, _options.Lifetime);
    }

    public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<byte[]?> FindSharedAsync(string hash)
    {
        if (_redis is null || await _redis.FindAsync(hash) is not { } found)
        {
            return null;
        }

        _memory.Add(hash, found.Value, _time.GetUtcNow() + found.Left);
        return found.Value;
    }

    /// <summary>The version of all replicas that are up; none where they differ, or where it is the real request's business to be refused.</summary>
    private async Task<Version?> VersionAsync(string model)
    {
        try
        {
            var replicas = await _replicas.GetAsync(model);
            var version = Version.Of(replicas[0]);
            return replicas.All(replica => Version.Of(replica) == version) ? version : null;
        }
        catch (GranaryException)
        {
            return null;
        }
    }

    /// <summary>What shapes answers at a replica: the model, and where its configuration cuts them.</summary>
    private sealed record Version(string Fingerprint, int ContextTokens, int UsualOutputTokens)
    {
        public static Version Of(ReplicaDescriptor replica) => new(replica.Fingerprint, replica.ContextTokens, replica.UsualOutputTokens);
    }
}
