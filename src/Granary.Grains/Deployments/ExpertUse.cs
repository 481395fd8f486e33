namespace Granary.Deployments;

/// <summary>How often the experts of a model are chosen, as silos report it: older tokens count less. And when their places were last thought over.</summary>
internal sealed class ExpertUse(TimeProvider timeProvider)
{
    // Of what was chosen this long ago, half counts.
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(1);

    private double[][] _loads = [];
    private long _decayedAt = timeProvider.GetTimestamp();
    private long _balancedAt = timeProvider.GetTimestamp();
    private HashSet<string> _silos = new(StringComparer.Ordinal);

    /// <summary>[layer][expert]; empty while nothing was chosen.</summary>
    public double[][] Loads
    {
        get
        {
            Decay();
            return _loads;
        }
    }

    public void Add(long[][] tokens)
    {
        Decay();
        if (_loads.Length < tokens.Length)
        {
            _loads = [.. _loads, .. Enumerable.Repeat<double[]>([], tokens.Length - _loads.Length)];
        }

        for (var layer = 0; layer < tokens.Length; layer++)
        {
            if (_loads[layer].Length < tokens[layer].Length)
            {
                Array.Resize(ref _loads[layer], tokens[layer].Length);
            }

            for (var expert = 0; expert < tokens[layer].Length; expert++)
            {
                _loads[layer][expert] += tokens[layer][expert];
            }
        }
    }

    /// <summary>Whether it is time to look for better places: now and then, and when a silo has come or gone. Says yes once.</summary>
    public bool TakeBalanceDue(TimeSpan every, IReadOnlyCollection<string> silos)
    {
        var others = !_silos.SetEquals(silos);
        if (!others && timeProvider.GetElapsedTime(_balancedAt) < every)
        {
            return false;
        }

        _balancedAt = timeProvider.GetTimestamp();
        _silos = new HashSet<string>(silos, StringComparer.Ordinal);
        return true;
    }

    private void Decay()
    {
        var elapsed = timeProvider.GetElapsedTime(_decayedAt);
        if (elapsed < TimeSpan.FromSeconds(1))
        {
            return;
        }

        _decayedAt = timeProvider.GetTimestamp();
        var factor = Math.Pow(0.5, elapsed / HalfLife);
        foreach (var layer in _loads)
        {
            for (var expert = 0; expert < layer.Length; expert++)
            {
                layer[expert] *= factor;
            }
        }
    }
}
