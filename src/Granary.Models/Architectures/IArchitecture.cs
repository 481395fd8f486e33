using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>A family of decoders: which tensors it has under which names, and which of the known parts they make up.</summary>
internal interface IArchitecture
{
    /// <summary><c>model_type</c> of config.json.</summary>
    string ModelType { get; }

    /// <summary>Base of the rotary frequencies where config.json names none.</summary>
    double DefaultRopeTheta { get; }

    /// <summary>Values of <c>hidden_act</c> that this family's feed-forward parts are built for.</summary>
    IReadOnlyList<string> Activations { get; }

    /// <summary>Describes the decoder of <paramref name="config"/>.</summary>
    /// <param name="config">Its config.json.</param>
    /// <param name="hasTensor">Whether the checkpoint has a tensor: some families come with several styles of names.</param>
    Decoder Describe(ModelConfig config, Func<string, bool> hasTensor);
}
