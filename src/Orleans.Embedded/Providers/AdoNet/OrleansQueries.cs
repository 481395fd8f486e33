using Npgsql;

namespace Orleans.AdoNet;

/// <summary>The statements that the table OrleansQuery holds, as Orleans' own providers run them.</summary>
internal sealed class OrleansQueries(string? invariant, string? connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(Check(invariant, connectionString));
    private readonly SemaphoreSlim _loading = new(1);
    private Dictionary<string, string>? _texts;

    /// <summary>Runs a statement and maps the rows of its result.</summary>
    /// <param name="key">Key of the statement.</param>
    /// <param name="parameters">Its parameters; a null value is sent as NULL.</param>
    /// <param name="map">Called for each row.</param>
    public async Task<List<T>> ReadAsync<T>(string key, IEnumerable<(string Name, object? Value)> parameters, Func<NpgsqlDataReader, T> map)
    {
        await using var command = _database.CreateCommand(await GetTextAsync(key));
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>Runs a statement for its effect.</summary>
    public Task ExecuteAsync(string key, params IEnumerable<(string Name, object? Value)> parameters) => ReadAsync(key, parameters, _ => true);

    /// <summary>Runs a statement whose one value says whether it did something.</summary>
    public async Task<bool> TestAsync(string key, params IEnumerable<(string Name, object? Value)> parameters) =>
        (await ReadAsync(key, parameters, row => Convert.ToBoolean(row.GetValue(0), null))).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _loading.Dispose();
    }

    private static string Check(string? invariant, string? connectionString)
    {
        if (invariant != "Npgsql")
        {
            throw new OrleansConfigurationException($"Invariant is '{invariant}'; this engine knows PostgreSQL alone: set it to 'Npgsql'.");
        }

        return string.IsNullOrWhiteSpace(connectionString)
            ? throw new OrleansConfigurationException("ConnectionString is missing; say how to reach PostgreSQL.")
            : connectionString;
    }

    private async Task<string> GetTextAsync(string key)
    {
        var texts = _texts ?? await LoadAsync();
        return texts.TryGetValue(key, out var text)
            ? text
            : throw new OrleansConfigurationException($"The table OrleansQuery has no '{key}'; apply Orleans' PostgreSQL scripts to the database.");
    }

    private async Task<Dictionary<string, string>> LoadAsync()
    {
        await _loading.WaitAsync();
        try
        {
            if (_texts is { } loaded)
            {
                return loaded;
            }

            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            await using var command = _database.CreateCommand("SELECT QueryKey, QueryText FROM OrleansQuery");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                texts[reader.GetString(0)] = reader.GetString(1);
            }

            return _texts = texts;
        }
        finally
        {
            _loading.Release();
        }
    }
}
