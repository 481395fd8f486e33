namespace Granary.Engine.Scheduling;

/// <summary>A decode of consecutive slots of one class.</summary>
/// <param name="FirstSlot">The first slot.</param>
/// <param name="First">Index of the first sequence among <see cref="StepPlan.Decodes"/>.</param>
/// <param name="Count">How many.</param>
internal readonly record struct DecodeRun(int FirstSlot, int First, int Count);
