namespace Granary.Chaos.Silos;

/// <summary>Deletes folders of processes that were killed a moment ago and may still be closing files.</summary>
internal static class Deletion
{
    private const int Attempts = 20;

    public static async Task DeleteAsync(string folder)
    {
        for (var attempt = 1; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (attempt < Attempts)
            {
                await Task.Delay(100);
            }
        }
    }
}
