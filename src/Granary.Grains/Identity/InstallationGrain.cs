using System.Security.Cryptography;
using Granary.Clustering;
using Granary.Serving;
using Granary.Storage;

namespace Granary.Identity;

/// <summary>See <see cref="IInstallationGrain"/>.</summary>
[GrainType("installation")]
[ServingSilosPlacementFilter]
internal sealed class InstallationGrain([PersistentState("installation", GrainStores.Sessions)] IPersistentState<InstallationState> store) : Grain, IInstallationGrain
{
    private const int SigningKeyBytes = 32;

    public async Task<byte[]> GetSigningKeyAsync()
    {
        if (store.State.SigningKey is null)
        {
            await store.ReplaceAsync(new InstallationState { SigningKey = RandomNumberGenerator.GetBytes(SigningKeyBytes), HasBegun = store.State.HasBegun }, DeactivateOnIdle);
        }

        return store.State.SigningKey!;
    }

    public Task<bool> HasBegunAsync() => Task.FromResult(store.State.HasBegun);

    public async Task<bool> BeginAsync(ApiKey key)
    {
        if (store.State.HasBegun)
        {
            return false;
        }

        // A key that is stored and not told, because the next write fails, opens nothing: nobody has its secret.
        await GrainErrors.GuardAsync(() => GrainFactory.GetGrain<IKeyRingGrain>(KeyId.RingKey(KeyId.RingOfId(key.Id))).AddAsync(key));
        await store.ReplaceAsync(new InstallationState { SigningKey = store.State.SigningKey, HasBegun = true }, DeactivateOnIdle);
        return true;
    }
}
