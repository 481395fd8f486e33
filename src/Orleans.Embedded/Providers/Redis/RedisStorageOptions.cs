using StackExchange.Redis;

namespace Orleans.Persistence;

/// <summary>Grain state in Redis.</summary>
public class RedisStorageOptions
{
    /// <summary>Whether clearing removes the key. Default <see langword="false"/>: an empty record keeps its tag.</summary>
    public bool DeleteStateOnClear { get; set; }

    /// <summary>How to reach Redis.</summary>
    public ConfigurationOptions? ConfigurationOptions { get; set; }
}
