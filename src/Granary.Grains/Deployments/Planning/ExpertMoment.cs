namespace Granary.Deployments.Planning;

/// <summary>How it is with the experts of a model.</summary>
/// <param name="Demand">The model, the silos that may hold its experts, and what is asked of them.</param>
/// <param name="There">Addresses of all silos that are there, also of those that are to hold nothing more.</param>
/// <param name="Askers">Addresses of silos with layers that ask for experts.</param>
/// <param name="Applied">The newest placement that a silo holds its part of.</param>
/// <param name="IsBalanceDue">Whether better places are to be looked for.</param>
/// <param name="Gain">How much more even the loads must become for experts to move, as a share; <see langword="null"/> moves them anyway, because something else is wanted.</param>
internal sealed record ExpertMoment(
    ExpertDemand Demand, IReadOnlySet<string> There, IReadOnlyCollection<string> Askers, IReadOnlyDictionary<string, int> Applied, bool IsBalanceDue, double? Gain);
