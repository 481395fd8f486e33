namespace Granary.Models.Checkpoints;

/// <summary>How rotary frequencies are stretched beyond the trained context.</summary>
internal enum RopeKind
{
    /// <summary>θ^(−2i/D), unstretched.</summary>
    Default,

    /// <summary>All frequencies divided by the factor.</summary>
    Linear,

    /// <summary>Low frequencies divided, high ones kept, a ramp between them by wavelength (Llama 3.1).</summary>
    Llama3,

    /// <summary>A ramp over dimensions, and scaled attention (YaRN, Peng et al. 2023).</summary>
    Yarn,

    /// <summary>θ grows with the length beyond the trained context; up to it the same as <see cref="Default"/>.</summary>
    Dynamic,
}
