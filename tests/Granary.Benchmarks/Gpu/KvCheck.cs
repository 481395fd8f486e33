using Granary.Engine;
using Granary.Engine.Execution;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Gpu;

/// <summary>Moves keys and values within a GPU, to the host and back, and compares bytes and the logits that follow from them.</summary>
internal sealed class KvCheck : IDisposable
{
    private const int Short = 128; // tokens of a slot of the first class
    private const int Past = 100;
    private const int Apart = 4; // the first slot of the second class
    private const double SameShape = 1e-3; // the same kernels on the same numbers
    private const double OtherShape = 2e-2; // slots of other lengths, and decodes, are computed by other kernels

    private readonly IModelRunner _runner;
    private readonly int[] _tokens;
    private readonly List<string> _failed = [];

    private KvCheck(ImportedModel model)
    {
        var options = new EngineOptions
        {
            Device = model.Manifest.Device,
            SlotClasses = [new SlotClassOptions { Tokens = Short, Slots = Apart }, new SlotClassOptions { Tokens = 2 * Short, Slots = 2 }],
            PrefillChunkTokens = Short / 2,
        };
        _runner = RunnerLoader.Load(model.Manifest, model.Folder, options);
        _tokens = GpuLoad.Prompts(1, Short, model.Manifest.VocabularySize)[0];
    }

    /// <summary>What does not hold; to be called on a thread of its own.</summary>
    public static IReadOnlyList<string> Run(ImportedModel model)
    {
        using var check = new KvCheck(model);
        check.Bytes();
        check.Logits();
        check.Padding();
        return check._failed;
    }

    public void Dispose() => _runner.Dispose();

    private void Bytes()
    {
        Compute(0, Past);
        var all = Read(0, 0, Past);
        Expect("the keys and values of tokens differ from one another", all.Distinct().Count() > 1);
        _runner.WriteKv(Apart, 0, Read(0, 0, 37));
        _runner.WriteKv(Apart, 37, Read(0, 37, Past - 37));
        Expect("read in two parts and written to a longer slot they are the same", Read(Apart, 0, Past).SequenceEqual(all));
        _runner.CopySlot(0, 1, Past);
        Expect("copied within a class they are the same", Read(1, 0, Past).SequenceEqual(all));
        _runner.CopySlot(0, Apart + 1, Past);
        Expect("copied to a longer slot they are the same", Read(Apart + 1, 0, Past).SequenceEqual(all));
        _runner.CopySlot(Apart, 2, 60);
        Expect("the first of them, copied to a shorter slot, are the same", Read(2, 0, 60).SequenceEqual(Read(0, 0, 60)));
    }

    private void Logits()
    {
        int[] next = [_tokens[Past]];
        _runner.WriteKv(2, 0, Read(0, 0, Past));
        _runner.Prefill(0, next, Past);
        var expected = _runner.Logits(0).ToArray();
        foreach (var (slot, limit, what) in ((int, double, string)[])
        [
            (1, SameShape, "after a copy within the class"),
            (2, SameShape, "after a way through the host"),
            (Apart, OtherShape, "after a way through the host to a longer slot"),
            (Apart + 1, OtherShape, "after a copy to a longer slot"),
        ])
        {
            _runner.Prefill(slot, next, Past);
            Expect($"{what} the logits are the same", Error(slot, expected) <= limit);
        }

        _runner.Decode(0, next, [Past]);
        Expect("a decode gives the logits of a prompt's last token", Error(0, expected) <= OtherShape);
        _runner.Decode(Apart, [next[0], next[0]], [Past, Past]);
        Expect("a decode in longer slots does, too", Error(Apart, expected) <= OtherShape && Error(Apart + 1, expected) <= OtherShape);
    }

    // Three rows run as four: the fourth slot of the class pads the batch, first with room left, then full.
    private void Padding()
    {
        foreach (var held in (int[])[Past, Short])
        {
            Compute(Apart - 1, held);
            var before = Read(Apart - 1, 0, held);
            _runner.Decode(0, _tokens.AsSpan(0, Apart - 1), [Past, Past, 60]);
            Expect($"a row that pads a batch leaves a slot's {held} tokens alone", Read(Apart - 1, 0, held).SequenceEqual(before));
        }
    }

    private void Compute(int slot, int tokens)
    {
        for (var past = 0; past < tokens; past += _runner.MaxChunkTokens)
        {
            _runner.Prefill(slot, _tokens.AsSpan(past, Math.Min(_runner.MaxChunkTokens, tokens - past)), past);
        }
    }

    private byte[] Read(int slot, int firstToken, int tokens)
    {
        var bytes = new byte[tokens * _runner.TokenBytes];
        _runner.ReadKv(slot, firstToken, bytes);
        return bytes;
    }

    private double Error(int slot, float[] expected) => GoldenCheck.RelativeError(_runner.Logits(slot), expected);

    private void Expect(string what, bool holds)
    {
        if (!holds)
        {
            _failed.Add(what);
        }
    }
}
