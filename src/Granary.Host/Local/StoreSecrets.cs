using System.Security.Cryptography;

namespace Granary.Host.Local;

/// <summary>The password of the stores that <c>up</c> starts; made once, readable by this user alone.</summary>
internal static class StoreSecrets
{
    public static string Password(GranaryPaths paths)
    {
        var file = Path.Combine(paths.Data, "store-password");
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(paths.Data);
            using var stream = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            stream.Write(System.Text.Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32, lowercase: true)));
        }

        return File.ReadAllText(file);
    }
}
