using System.ComponentModel;
using Granary.Host.Commands;
using Granary.Host.Local;

namespace Granary.Chaos.Silos;

/// <summary>A file system of a few megabytes that can be filled. Needs root; without it there is none.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _ballast;

    private SmallDisk(string folder)
    {
        Folder = folder;
        _ballast = Path.Combine(folder, "ballast");
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Mounts one at <paramref name="folder"/>.</summary>
    /// <returns><see langword="null"/> where mounting is not allowed.</returns>
    public static async Task<SmallDisk?> MountAsync(string folder, int megabytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        try
        {
            await UnprivilegedUser.RunAsync(["mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "granary-chaos", folder], cancellationToken);
            return new SmallDisk(folder);
        }
        catch (Exception failure) when (failure is CommandException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Takes all the room there is.</summary>
    public void Fill()
    {
        try
        {
            using var ballast = File.OpenWrite(_ballast);
            for (var block = new byte[64 * 1024]; ;)
            {
                ballast.Write(block);
                ballast.Flush();
            }
        }
        catch (IOException)
        {
            // That is what was wanted.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(_ballast);

    public async ValueTask DisposeAsync() => await UnprivilegedUser.RunAsync(["umount", "-l", Folder], CancellationToken.None);
}
