using System.Text;
using Granary.Engine.Scheduling;

namespace Granary.Engine.Tests.Toy;

/// <summary>The engine's steps without its thread: the scheduler over <see cref="ToyRunner"/>, with a token that means nothing for every sequence that is due.</summary>
internal sealed class ToySteps
{
    public ToySteps(EngineOptions options, ToyRunner? runner = null)
    {
        Runner = runner ?? new ToyRunner(options.Slots, options.SlotTokens, options.PrefillChunkTokens);
        Scheduler = new Scheduler(Runner, options, Time, ToyStore.None);
    }

    public ManualTime Time { get; } = new();

    public ToyRunner Runner { get; }

    public Scheduler Scheduler { get; }

    public int Steps { get; private set; }

    public int Preemptions { get; private set; }

    /// <summary>Called for every sequence that has its last token, after it has left.</summary>
    public Action<Sequence>? Finished { get; set; }

    public Sequence Add(Sequence sequence)
    {
        Scheduler.Add(sequence);
        return sequence;
    }

    /// <summary>Takes one step, as <see cref="EngineLoop"/> does.</summary>
    public void Step() => Run(Scheduler.Schedule());

    /// <summary>Does what a plan says.</summary>
    public void Run(StepPlan plan)
    {
        Steps++;
        Preemptions += plan.Preemptions;
        foreach (PrefillChunk chunk in plan.Prefills)
        {
            Scheduler.Commit(chunk);
            if (chunk.IsLast)
            {
                Emit(chunk.Sequence);
            }
        }

        Scheduler.Commit(plan);
        plan.Decodes.ForEach(Emit);
    }

    private void Emit(Sequence sequence)
    {
        sequence.Take(1, new StringBuilder());
        Scheduler.TokenGenerated(sequence);
        if (sequence.OutputTokens == sequence.MaxTokens)
        {
            Scheduler.Remove(sequence);
            Finished?.Invoke(sequence);
        }
    }

    /// <summary>Takes steps until a condition holds, or fails after so many.</summary>
    public void StepUntil(Func<bool> condition, int most = 10_000)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < most, $"nothing after {most} steps");
            Step();
        }
    }
}
