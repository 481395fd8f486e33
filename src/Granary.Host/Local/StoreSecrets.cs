using System.Security.Cryptography;
using System.Text;

namespace Granary.Host.Local;

/// <summary>The password of the stores that <c>up</c> starts; made once, readable by this user alone. It lies beside their data, so that whoever has kept or lost the one has kept or lost the other.</summary>
internal static class StoreSecrets
{
    private const string FileName = "store-password";

    public static string Password(GranaryPaths paths)
    {
        var folder = UnprivilegedUser.StoreFolder(paths.Data);
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(folder);
            Write(file, Earlier(paths) ?? RandomNumberGenerator.GetHexString(32, lowercase: true));
        }

        return File.ReadAllText(file);
    }

    // Where installations had it whose stores' data is elsewhere.
    private static string? Earlier(GranaryPaths paths) => Path.Combine(paths.Data, FileName) is var file && File.Exists(file) ? File.ReadAllText(file) : null;

    private static void Write(string file, string password)
    {
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(Encoding.ASCII.GetBytes(password));
    }
}
