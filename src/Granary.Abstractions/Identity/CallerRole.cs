namespace Granary.Identity;

/// <summary>What a caller is to the installation. Each may what the one before may, within its scopes.</summary>
public enum CallerRole
{
    /// <summary>Uses models as its tenant.</summary>
    User,

    /// <summary>Manages its own tenant.</summary>
    TenantAdmin,

    /// <summary>Manages every tenant, silos and zones.</summary>
    Operator,
}
