using Orleans.Runtime.Membership;

namespace Orleans.Runtime.Management;

/// <summary>What silos tell and ask one another besides grain calls and the directory.</summary>
internal interface ISiloControl : IGrainObserver
{
    /// <summary>Answers, as a sign of life.</summary>
    Task<int> ProbeAsync();

    /// <summary>The table has changed; read it.</summary>
    Task RefreshAsync(int version);

    /// <summary>What placement needs to know of the silo.</summary>
    Task<SiloManifest> GetManifestAsync();

    /// <summary>How busy the silo is.</summary>
    Task<SiloLoad> GetLoadAsync();

    /// <summary>Whether the activation lives here, and is not on its way to another silo or to its end.</summary>
    Task<bool> HoldsAsync(ActivationAddress address);

    /// <summary>Another activation of the grain holds; this one ends.</summary>
    Task DropDuplicateAsync(ActivationAddress address);

    /// <summary>Takes a migrating activation over; true when the directory knows it here.</summary>
    Task<bool> AcceptMigrationAsync(ActivationAddress previous, Dictionary<string, byte[]> values);

    /// <summary>Ends idle activations.</summary>
    Task CollectAsync(TimeSpan age);

    /// <summary>How many activations there are, by grain class.</summary>
    Task<Dictionary<string, int>> GetStatisticsAsync();
}
