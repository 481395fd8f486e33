using Granary.Engine.Output;
using Granary.Engine.Sampling;
using Granary.Engine.Scheduling;

namespace Granary.Engine.Tests.Toy;

/// <summary>Sequences for the scheduler alone.</summary>
internal static class ToySequence
{
    public static Sequence New(int prompt = 1, int maxTokens = 4, int priority = 0, string tenant = "", double weight = 1) => new(
        "r", new int[prompt], maxTokens, SamplingResolver.Resolve(new(), new()), new OutputText(new ToyTokenizer().CreateStreamDecoder(), []), new OutputStream())
    {
        Priority = priority,
        Tenant = tenant,
        TenantWeight = weight,
    };
}
