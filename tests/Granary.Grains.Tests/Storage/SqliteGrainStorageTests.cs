using Granary.Grains.Tests.Fixtures;
using Granary.Storage;
using Orleans.Storage;

namespace Granary.Grains.Tests.Storage;

public sealed class SqliteGrainStorageTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteGrainStorage _storage;

    public SqliteGrainStorageTests()
    {
        _database = new SqliteDatabase(_folder.File("folder/state.db"));
        _storage = new SqliteGrainStorage("store", _database);
    }

    [Fact]
    public async Task Read_nothing_written_gives_a_new_state()
    {
        var state = await ReadAsync("a");

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Null(state.State!.Text);
    }

    [Fact]
    public async Task Read_written_state_gives_it_back()
    {
        await WriteAsync(await ReadAsync("a"), "a", "hällo 🌾");

        var state = await ReadAsync("a");

        Assert.True(state.RecordExists);
        Assert.Equal("hällo 🌾", state.State!.Text);
        Assert.False((await ReadAsync("b")).RecordExists);
    }

    [Fact]
    public async Task Write_with_an_old_etag_is_refused_and_changes_nothing()
    {
        var first = await ReadAsync("a");
        var second = await ReadAsync("a");
        await WriteAsync(first, "a", "first");

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(second, "a", "second"));
        await Assert.ThrowsAsync<InconsistentStateException>(async () =>
        {
            var stale = await ReadAsync("a");
            await WriteAsync(first, "a", "newer");
            await _storage.ClearStateAsync("s", Grain("a"), stale);
        });

        Assert.Equal("newer", (await ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task Clear_removes_the_row()
    {
        var state = await ReadAsync("a");
        await WriteAsync(state, "a", "x");

        await _storage.ClearStateAsync("s", Grain("a"), state);

        Assert.False(state.RecordExists);
        Assert.Null(state.State!.Text);
        Assert.False((await ReadAsync("a")).RecordExists);
        await WriteAsync(state, "a", "again");
        Assert.Equal("again", (await ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task Write_many_at_once_stores_all()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(async i => await WriteAsync(await ReadAsync($"g{i}"), $"g{i}", $"{i}")));

        for (var i = 0; i < 500; i += 50)
        {
            Assert.Equal($"{i}", (await ReadAsync($"g{i}")).State!.Text);
        }
    }

    [Fact]
    public async Task Write_after_disposal_fails()
    {
        var state = await ReadAsync("a");
        await _database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => WriteAsync(state, "a", "late"));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<GrainState<Stored>> ReadAsync(string key)
    {
        var state = new GrainState<Stored>();
        await _storage.ReadStateAsync("s", Grain(key), state);
        return state;
    }

    private async Task WriteAsync(GrainState<Stored> state, string key, string text)
    {
        state.State = new Stored { Text = text };
        await _storage.WriteStateAsync("s", Grain(key), state);
    }

    private static GrainId Grain(string key) => GrainId.Create("test", key);

    public sealed class Stored
    {
        public string? Text { get; set; }
    }
}
