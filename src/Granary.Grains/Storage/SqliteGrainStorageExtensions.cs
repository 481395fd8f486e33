using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Granary.Storage;

/// <summary>Registration of SQLite grain stores.</summary>
public static class SqliteGrainStorageExtensions
{
    /// <summary>Adds a grain store in a SQLite file.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">The store's name, as <c>[PersistentState]</c> gives it.</param>
    /// <param name="configure">Sets the file.</param>
    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder silo, string name, Action<SqliteGrainStorageOptions> configure)
    {
        silo.Services.Configure(name, configure);
        silo.Services.AddKeyedSingleton(name, (provider, _) =>
            new SqliteDatabase(provider.GetRequiredService<IOptionsMonitor<SqliteGrainStorageOptions>>().Get(name).Path));
        silo.Services.AddKeyedSingleton<IGrainStorage>(name, (provider, _) =>
            new SqliteGrainStorage(name, provider.GetRequiredKeyedService<SqliteDatabase>(name)));
        return silo;
    }
}
