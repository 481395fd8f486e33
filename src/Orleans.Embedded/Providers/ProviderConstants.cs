namespace Orleans.Providers;

/// <summary>Names of providers.</summary>
public static class ProviderConstants
{
    /// <summary>The storage that a grain gets without naming one.</summary>
    public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
}
