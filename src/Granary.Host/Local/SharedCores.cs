using System.Globalization;

namespace Granary.Host.Local;

/// <summary>Silos of one machine share its cores: forward passes of several silos with a thread for every core each would mostly wait for each other.</summary>
internal static class SharedCores
{
    private const string Threads = "Granary__Engine__Threads";

    /// <summary>Sets each silo's threads to its share, at least 1, unless the environment of this process says how many.</summary>
    public static void Divide(Dictionary<string, string> environment, int silos)
    {
        if (silos > 1 && Environment.GetEnvironmentVariable(Threads) is null)
        {
            environment[Threads] = Math.Max(1, Environment.ProcessorCount / silos).ToString(CultureInfo.InvariantCulture);
        }
    }
}
