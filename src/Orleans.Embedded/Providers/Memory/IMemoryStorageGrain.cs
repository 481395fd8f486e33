namespace Orleans.Storage;

/// <summary>Holds a share of the records of <see cref="MemoryGrainStorage"/> for the whole cluster.</summary>
internal interface IMemoryStorageGrain : IGrainWithStringKey
{
    /// <summary>The record, or null.</summary>
    Task<MemoryRecord?> ReadAsync(string key);

    /// <summary>Replaces the record that has the tag (null: that does not exist) and answers with the new tag, or with null where the tag is another.</summary>
    /// <param name="key">The record's key.</param>
    /// <param name="etag">The tag that the writer holds.</param>
    /// <param name="data">The state; null removes the record.</param>
    Task<string?> WriteAsync(string key, string? etag, byte[]? data);
}
