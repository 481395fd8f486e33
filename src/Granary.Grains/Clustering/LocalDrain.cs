using System.Diagnostics.CodeAnalysis;

namespace Granary.Clustering;

/// <summary>Whether this silo is being emptied: it takes nothing new, and what runs here moves away.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without timer or link holds nothing to dispose of.")]
internal sealed class LocalDrain
{
    private CancellationTokenSource _draining = new();

    /// <summary>Whether <see cref="Begin"/> was called, and not <see cref="End"/> since.</summary>
    public bool IsDraining => Volatile.Read(ref _draining).IsCancellationRequested;

    /// <summary>Cancelled by <see cref="Begin"/>; after <see cref="End"/> it is another token.</summary>
    public CancellationToken Draining => Volatile.Read(ref _draining).Token;

    /// <summary>From here on the silo is being emptied. Twice is no error.</summary>
    public void Begin() => Volatile.Read(ref _draining).Cancel();

    /// <summary>The silo stays after all, and takes work again: its zone was restored.</summary>
    public void End()
    {
        if (IsDraining)
        {
            Volatile.Write(ref _draining, new CancellationTokenSource());
        }
    }
}
