using Granary.Models.Catalog;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>The demo model of this repository, imported into a folder of its own.</summary>
public sealed class DemoModel : IAsyncLifetime
{
    public const string Name = "granary-chat";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Its Hugging Face folder.</summary>
    public static string Source => Path.Combine(RepositoryRoot(), "deploy/models/granary-chat");

    public string Folder => _folder.File("models");

    public async ValueTask InitializeAsync() =>
        await new ModelCatalog(Folder).ImportAsync(new ImportRequest { Source = Source, Name = Name });

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Cluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
