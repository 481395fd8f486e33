namespace Granary.Grains.Tests.Fixtures;

/// <summary>A folder that is removed at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const int Attempts = 100;

    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"granary-{Guid.NewGuid():n}");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    // A store that was stopped a moment ago may still be closing files, whose journals come and go.
    public void Dispose()
    {
        for (var attempt = 1; Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (attempt < Attempts)
            {
                Thread.Yield();
            }
        }
    }
}
