namespace Granary.Deployments.Planning;

/// <summary>Takes work off the busiest silo of a layer, step by step: an expert moves to another silo, or two experts change places.</summary>
internal static class ExpertEvening
{
    // Of a silo's share: a busiest silo that has no more than this above it is even enough, and a step that gains less is not worth loading an expert for.
    private const double EvenEnough = 0.02;
    private const double WorthIt = 0.005;

    public static void Run(ExpertLayer layer)
    {
        var mean = layer.MeanTime;
        for (var steps = layer.Experts * layer.Silos; steps > 0; steps--)
        {
            var busiest = Enumerable.Range(0, layer.Silos).MaxBy(silo => layer.Time(silo));
            if (layer.Time(busiest) <= mean * (1 + EvenEnough) || Best(layer, busiest, layer.Time(busiest) - (mean * WorthIt)) is not { } step)
            {
                return;
            }

            layer.Move(step.Expert, busiest, step.Silo);
            if (step.Back is { } back)
            {
                layer.Move(back, step.Silo, busiest);
            }
        }
    }

    /// <returns>The step after which the busier of both silos has least; <see langword="null"/> if it has <paramref name="limit"/> or more after each.</returns>
    private static Step? Best(ExpertLayer layer, int busiest, double limit)
    {
        Step? best = null;
        var mine = layer.HeldBy(busiest);
        for (var silo = 0; silo < layer.Silos; silo++)
        {
            if (layer.Time(silo) >= limit)
            {
                continue;
            }

            var theirs = layer.HeldBy(silo).Where(back => !layer.Holders[back].Contains(busiest)).ToArray();
            foreach (var expert in mine.Where(expert => !layer.Holders[expert].Contains(silo)))
            {
                if (layer.HasRoom(silo))
                {
                    Consider(expert, silo, null);
                }

                foreach (var back in theirs)
                {
                    Consider(expert, silo, back);
                }
            }
        }

        return best;

        void Consider(int expert, int silo, int? back)
        {
            var moved = layer.Weight(expert) - (back is { } other ? layer.Weight(other) : 0);
            var time = Math.Max(layer.Time(busiest, -moved), layer.Time(silo, moved));
            if (moved > 0 && time < limit && layer.MayMove(expert, busiest, silo) && (back is not { } returned || layer.MayMove(returned, silo, busiest)))
            {
                best = new Step(expert, silo, back);
                limit = time;
            }
        }
    }

    private readonly record struct Step(int Expert, int Silo, int? Back);
}
