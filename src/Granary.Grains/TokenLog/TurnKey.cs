namespace Granary.TokenLog;

/// <summary>A turn in the log.</summary>
/// <param name="Owner">The grain that owns it, as <see cref="GrainId"/> writes itself: an <see cref="Sessions.ITurnOwner"/>.</param>
/// <param name="Turn">Its number there, from 0.</param>
internal readonly record struct TurnKey(string Owner, int Turn);
