using Microsoft.Extensions.Logging;

namespace Granary.Engine.Kv;

/// <summary>
/// The blocks of models that nobody serves any more, and of models as they were before they were imported anew: kept for when they come
/// back, up to a limit, those of the model used last.
/// </summary>
/// <param name="root">Folder of all engines.</param>
/// <param name="format">The blocks of the engine that cleans.</param>
/// <param name="logger">The log.</param>
internal sealed partial class DiskLeftovers(string root, KvFormat format, ILogger logger)
{
    // A folder that is given up gets another name first: a model that comes back meanwhile begins a new one.
    private const string DoomedSuffix = ".doomed";

    /// <summary>Deletes the folders used longest ago until the others have no more than so many bytes. Blocks the caller for as long as that takes.</summary>
    public void Clean(long limitBytes)
    {
        try
        {
            foreach (string doomed in Directory.EnumerateDirectories(root, "*" + DoomedSuffix))
            {
                Directory.Delete(doomed, recursive: true); // what a crash left of it
            }

            long bytes = 0;
            foreach (DirectoryInfo folder in new DirectoryInfo(root).GetDirectories().Where(IsOther).OrderByDescending(DiskFolder.LastUseOf))
            {
                long own = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
                if (bytes + own <= limitBytes)
                {
                    bytes += own;
                }
                else if (DiskFolder.TryRename(folder.FullName, folder.FullName + DoomedSuffix))
                {
                    Directory.Delete(folder.FullName + DoomedSuffix, recursive: true);
                    LogDeleted(folder.FullName, own >> 20);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotCleaned(root, e.Message); // the next start tries again
        }
    }

    private bool IsOther(DirectoryInfo folder) => DiskFolder.IsName(folder.Name) && folder.Name != DiskFolder.NameOf(format);

    [LoggerMessage(2028, LogLevel.Information, "KV blocks in {Folder} are deleted: {Mebibytes} MiB of a model that nobody uses")]
    private partial void LogDeleted(string folder, long mebibytes);

    [LoggerMessage(2029, LogLevel.Warning, "KV blocks of models that nobody uses cannot be deleted from {Root}: {Reason}")]
    private partial void LogNotCleaned(string root, string reason);
}
