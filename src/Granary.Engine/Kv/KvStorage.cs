using Granary.Models;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Kv;

/// <summary>Sets the tiers below the device up.</summary>
internal static partial class KvStorage
{
    /// <summary>Makes host memory and, where a folder is given, the disk. A disk that cannot be used is left out, with a warning.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenBytes">Bytes of one token's keys and values.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="metrics">Disposed by the caller.</param>
    /// <param name="wake">Called from other threads when the disk has done something.</param>
    public static BlockStore Open(
        ModelManifest model, int tokenBytes, EngineOptions options, TimeProvider timeProvider, ILogger logger, KvMetrics metrics, Action wake)
    {
        KvFormat format = KvFormat.Of(model, tokenBytes, options.KvBlockTokens);
        var host = new HostTier(options.PrefixCaching ? options.KvHostBytes : 0, format.BlockBytes) { Evicted = metrics.Evicted };
        return new BlockStore(format, host, OpenDisk(model, options, format, host, timeProvider, logger, wake), options.KvDiskTimeout, timeProvider, metrics);
    }

    private static DiskTier? OpenDisk(
        ModelManifest model, EngineOptions options, KvFormat format, HostTier host, TimeProvider timeProvider, ILogger logger, Action wake)
    {
        if (options.KvDiskFolder is not { Length: > 0 } folder || host.Capacity == 0)
        {
            return null;
        }

        try
        {
            var disk = new DiskTier(folder, options.KvDiskBytes, format, host, timeProvider, logger, wake);
            LogOpened(logger, model.Name, folder, disk.Count, disk.Bytes >> 20);
            new Thread(() => new DiskLeftovers(folder, format, logger).Clean(options.KvDiskBytes)) { IsBackground = true, Name = "kv leftovers" }.Start();
            return disk;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNoDisk(logger, model.Name, folder, e.Message);
            return null;
        }
    }

    [LoggerMessage(2024, LogLevel.Information, "Model {Model}: KV blocks go to {Folder}, where {Blocks} of them are, {Mebibytes} MiB")]
    private static partial void LogOpened(ILogger logger, string model, string folder, int blocks, long mebibytes);

    [LoggerMessage(2025, LogLevel.Warning, "Model {Model}: KV blocks do not go to disk, for {Folder} cannot be used: {Reason}")]
    private static partial void LogNoDisk(ILogger logger, string model, string folder, string reason);
}
