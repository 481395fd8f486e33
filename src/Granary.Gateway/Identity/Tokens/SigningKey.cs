using Granary.Identity;
using Granary.Serving;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Identity.Tokens;

/// <summary>What this installation's gateways sign tokens with; asked for once.</summary>
internal sealed class SigningKey(IGrainFactory grains)
{
    private SymmetricSecurityKey? _key;

    /// <summary>The key, if it was asked for.</summary>
    public SymmetricSecurityKey? Known => _key;

    /// <summary>The key.</summary>
    /// <exception cref="Granary.Errors.GranaryException">It cannot be asked for.</exception>
    public async ValueTask<SymmetricSecurityKey> GetAsync(CancellationToken cancellationToken)
    {
        if (_key is null)
        {
            await GrainErrors.GuardAsync(async () =>
                _key = new SymmetricSecurityKey(await grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key).GetSigningKeyAsync().WaitAsync(cancellationToken)));
        }

        return _key!;
    }
}
