using Granary.Grains.Tests.Fixtures;
using Granary.Storage;
using Granary.TokenLog.Stores;

namespace Granary.Grains.Tests.TokenLog;

public sealed class SqliteTokenLogStoreTests : TokenLogStoreTests, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteTokenLogStoreTests() => _database = new SqliteDatabase(_folder.File("granary.db"));

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    internal override Task<ITokenLogStore> CreateAsync() => Task.FromResult<ITokenLogStore>(new SqliteTokenLogStore(_database, TimeProvider.System));
}
