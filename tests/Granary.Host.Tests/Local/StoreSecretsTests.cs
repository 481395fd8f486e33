using Granary.Host.Local;

namespace Granary.Host.Tests.Local;

public sealed class StoreSecretsTests : IDisposable
{
    private readonly GranaryPaths _paths = new(Repository.Root) { DataFolder = Directory.CreateTempSubdirectory("granary-secrets-").FullName };

    [Fact]
    public void Password_ofStoresWhoseDataOutlivesTheClone_outlivesItToo()
    {
        var password = StoreSecrets.Password(_paths);
        if (UnprivilegedUser.StoreFolder(_paths.Data) != _paths.Data)
        {
            Directory.Delete(_paths.Data, recursive: true);
        }

        Assert.Equal(32, password.Length);
        Assert.Equal(password, StoreSecrets.Password(_paths));
    }

    [Fact]
    public void Password_thatAnEarlierVersionKeptInTheClone_isTakenOver()
    {
        File.WriteAllText(Path.Combine(_paths.Data, "store-password"), "of an earlier version");

        Assert.Equal("of an earlier version", StoreSecrets.Password(_paths));
    }

    public void Dispose()
    {
        foreach (var folder in new[] { UnprivilegedUser.StoreFolder(_paths.Data), _paths.Data }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
