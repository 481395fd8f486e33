using Granary.Engine.Execution;
using Granary.Engine.Experts.Routing;
using Granary.Errors;
using Granary.Models;
using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>
/// The experts of a layer between two graphs, wherever they are: route, one message for each destination, what is here in place meanwhile, and the sum of all. What a destination
/// owes when it fails is asked of the experts' other destinations; the rest of the step does not notice. Used by one thread.
/// </summary>
internal sealed class LayerExperts : ILayerExperts
{
    private readonly IRoutingRule _rule;
    private readonly IReadOnlyList<LayerSizes> _layers;
    private readonly ExpertAccess _access;
    private readonly ExpertWork _work;
    private readonly ExpertChoices _chosen = new();
    private readonly DestinationGroups _groups = new();
    private readonly List<int> _failed = [];
    private readonly List<(int Group, ExpertBatch Batch, Task<ExpertReply> Reply)> _calls = [];
    private int[] _pending = [];
    private int _turn;

    private LayerExperts(IRoutingRule rule, ISegmentGraphs graphs, ExpertAccess access)
    {
        _rule = rule;
        _layers = graphs.Layers;
        _access = access;
        _work = new ExpertWork(graphs.Manifest.HiddenSize);
    }

    /// <summary>What one lane of a model uses.</summary>
    /// <exception cref="InvalidDataException">The model has no experts, or chooses them by a rule that is not known.</exception>
    public static LayerExperts Create(ISegmentGraphs graphs, ExpertAccess access) => new(
        RoutingRules.Find(graphs.RoutingRule ?? throw new InvalidDataException($"Model '{graphs.Manifest.Name}' has no experts to distribute.")), graphs, access);

    public void Run(int layer, GraphBuffers buffers, int tokens)
    {
        LayerSizes sizes = _layers[layer];
        _chosen.Choose(_rule, buffers.RouterLogits(tokens, sizes.Experts), sizes.Experts, sizes.ChosenExperts);
        _access.Loads.Add(layer, _chosen.Tokens);
        buffers.Delta(tokens).Clear();
        _failed.Clear();
        _turn++;
        ExpertPlacement placement = _access.Link.Placement;
        Span<int> pending = All(_chosen.Count);
        while (pending.Length > 0)
        {
            _groups.Group(placement, layer, _chosen, pending, _failed, _turn);
            if (_groups.Missing.Count > 0)
            {
                placement = Repair(placement);
                _failed.Clear();
                continue;
            }

            pending = pending[..RunGroups(layer, placement, buffers, tokens, pending)];
        }
    }

    public void Dispose() => _work.Dispose();

    /// <summary>Computes all groups.</summary>
    /// <returns>How many choices are still to be computed; they are at the beginning of <paramref name="pending"/>.</returns>
    private int RunGroups(int layer, ExpertPlacement placement, GraphBuffers buffers, int tokens, Span<int> pending)
    {
        int? here = null;
        _calls.Clear();
        for (int group = 0; group < _groups.Count; group++)
        {
            if (_groups.Destination(group) == placement.Here)
            {
                here = group;
                continue;
            }

            ExpertBatch batch = ExpertBatches.Create(layer, _chosen, _groups.Choices(group), buffers.ExpertInput(tokens), buffers.HiddenSize, _access.Format);
            _calls.Add((group, batch, Call(_groups.Destination(group), batch)));
        }

        int left = 0;
        if (here is { } own && !TryRunHere(layer, own, buffers, tokens))
        {
            Fail(own, pending, ref left);
        }

        foreach ((int group, ExpertBatch batch, Task<ExpertReply> reply) in _calls)
        {
            try
            {
                ExpertBatches.Add(OwnThread.Wait(reply), batch, _groups.Choices(group), _chosen.PerToken, buffers.Delta(tokens), buffers.HiddenSize);
            }
            catch (Exception)
            {
                Fail(group, pending, ref left); // the link knows why, and says it
            }
        }

        return left;
    }

    private Task<ExpertReply> Call(int destination, ExpertBatch batch)
    {
        try
        {
            return _access.Link.RunAsync(destination, batch);
        }
        catch (Exception e)
        {
            return Task.FromException<ExpertReply>(e);
        }
    }

    private bool TryRunHere(int layer, int group, GraphBuffers buffers, int tokens)
    {
        _work.Begin();
        foreach (int choice in _groups.Choices(group))
        {
            _work.Add(choice / _chosen.PerToken, _chosen.Experts[choice], _chosen.Weights[choice]);
        }

        return _access.Here?.TryRun(layer, _work, buffers.ExpertInputBuffer, tokens, buffers.Delta(tokens)) ?? false;
    }

    // Groups are in the order of their choices' first appearance and pending ones have been sorted into them, so that it can be overwritten.
    private void Fail(int group, Span<int> pending, ref int left)
    {
        _failed.Add(_groups.Destination(group));
        ReadOnlySpan<int> choices = _groups.Choices(group);
        choices.CopyTo(pending[left..]);
        left += choices.Length;
    }

    private ExpertPlacement Repair(ExpertPlacement seen)
    {
        try
        {
            ExpertPlacement repaired = OwnThread.Wait(_access.Link.RepairAsync(seen, [.. _groups.Missing]));
            return repaired != seen ? repaired : throw new InvalidOperationException("The placement is as it was.");
        }
        catch (Exception e)
        {
            throw e as GranaryException is { Code: ErrorCode.Unavailable } unavailable
                ? unavailable
                : new GranaryException(ErrorCode.Unavailable, "Experts of this model are gone and do not come back. Try again.", innerException: e);
        }
    }

    private Span<int> All(int count)
    {
        if (_pending.Length < count)
        {
            _pending = new int[count];
        }

        for (int i = 0; i < count; i++)
        {
            _pending[i] = i;
        }

        return _pending.AsSpan(0, count);
    }
}
