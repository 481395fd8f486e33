namespace Orleans.Runtime;

/// <summary>Takes memory along when an activation goes on at another silo.</summary>
public interface IGrainMigrationParticipant
{
    /// <summary>Packs, after the activation has been told that it ends.</summary>
    void OnDehydrate(IDehydrationContext dehydrationContext);

    /// <summary>Unpacks, before state is read and the new activation is told that it begins.</summary>
    void OnRehydrate(IRehydrationContext rehydrationContext);
}
