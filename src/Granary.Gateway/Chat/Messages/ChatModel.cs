using Granary.Serving;

namespace Granary.Gateway.Chat.Messages;

/// <summary>A model to talk to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxPositions">Longest context in tokens.</param>
/// <param name="Replicas">Replicas on live silos.</param>
public sealed record ChatModel(string Name, int MaxPositions, int Replicas)
{
    internal static ChatModel From(ServedModel model) => new(model.Name, model.MaxPositions, model.Replicas);
}
