namespace Granary.Sessions;

/// <summary>
/// An activation has let go of a running turn, which goes on at another one: whoever read it reads on there. Unlike a <see cref="Errors.GranaryException"/>
/// with <c>unavailable</c>, which is how a turn ends that found no replica, it says nothing about the turn.
/// </summary>
[GenerateSerializer, Alias("granary.turn.moved")]
public sealed class TurnMovedException() : Exception("The turn goes on at another activation; read on there.");
