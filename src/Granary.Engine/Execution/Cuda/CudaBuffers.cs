namespace Granary.Engine.Execution.Cuda;

/// <summary>Memory of the graph's small inputs and of its outputs, on the device and its mirror on the host.</summary>
internal sealed class CudaBuffers : IDisposable
{
    private readonly CudaDevice _device;
    private readonly int _slots;
    private readonly float[] _topLogits; // [slots, K]
    private readonly int[] _topTokens; // [slots, K]
    private readonly bool[] _rowIsHere;
    private PinnedBuffer? _rows; // [slots, V], once somebody asks for a whole row

    public CudaBuffers(CudaDevice device, int slots, int maxChunkTokens, int vocabularySize, int topLogits)
    {
        _device = device;
        _slots = slots;
        MaxTokens = maxChunkTokens;
        VocabularySize = vocabularySize;
        TopK = topLogits;
        _topLogits = new float[slots * topLogits];
        _topTokens = new int[slots * topLogits];
        _rowIsHere = new bool[slots];
        long inputBytes = Math.Max(sizeof(long) * (long)(maxChunkTokens + 2), (sizeof(long) + sizeof(int)) * (long)slots);
        HostInputs = new PinnedBuffer(inputBytes);
        Inputs = new DeviceBuffer(device, inputBytes);
        Total = new NativeBuffer(sizeof(int));
        DecodeRows = new DeviceBuffer(device, sizeof(long) * (long)slots);
        Logits = new DeviceBuffer(device, sizeof(float) * (long)slots * vocabularySize);
        HostTop = new PinnedBuffer(TopBytes(slots));
        Top = new DeviceBuffer(device, TopBytes(slots));
        WriteDecodeRows();
    }

    public int MaxTokens { get; }

    public int VocabularySize { get; }

    /// <summary>K, the logits that the graph selects for a row.</summary>
    public int TopK { get; }

    /// <summary>Decode: tokens i64 [B], then seqlens i32 [B]. Prefill: logit row i64, seqlens i32 and a gap, tokens i64 [S].</summary>
    public PinnedBuffer HostInputs { get; }

    /// <summary>The same on the device.</summary>
    public DeviceBuffer Inputs { get; }

    /// <summary>total_sequence_length of a prefill, which the operator reads on the host.</summary>
    public NativeBuffer Total { get; }

    /// <summary>0, 1, …: a decode wants the logits of every row.</summary>
    public DeviceBuffer DecodeRows { get; }

    /// <summary>f32 [slots, V].</summary>
    public DeviceBuffer Logits { get; }

    /// <summary>The best logits f32 [R, K], then their ids i64 [R, K].</summary>
    public DeviceBuffer Top { get; }

    private PinnedBuffer HostTop { get; }

    public nint LogitsOf(int slot) => Logits.Address + (nint)(sizeof(float) * (long)slot * VocabularySize);

    public nint TopIdsOf(int rows) => Top.Address + (nint)IdsOffset(rows);

    /// <summary>Sends the first bytes of <see cref="HostInputs"/> to the device.</summary>
    public void Send(int bytes) => _device.Copy(Inputs.Address, HostInputs.Address, bytes);

    /// <summary>Fetches the best logits of the first rows from the device.</summary>
    public void Fetch(int rows) => _device.Copy(HostTop.Address, Top.Address, TopBytes(rows));

    /// <summary>Waits for a run and takes the best logits over that <see cref="Fetch"/> brought.</summary>
    /// <param name="firstSlot">Slot of the first row.</param>
    /// <param name="slots">Rows that count.</param>
    /// <param name="rows">Rows that ran.</param>
    public void Receive(int firstSlot, int slots, int rows)
    {
        _device.Synchronize();
        int count = slots * TopK;
        HostTop.Span<float>(0, count).CopyTo(_topLogits.AsSpan(firstSlot * TopK));
        Span<long> ids = HostTop.Span<long>(IdsOffset(rows), count);
        Span<int> tokens = _topTokens.AsSpan(firstSlot * TopK, count);
        for (int i = 0; i < ids.Length; i++)
        {
            tokens[i] = (int)ids[i];
        }

        _rowIsHere.AsSpan(firstSlot, slots).Clear();
    }

    public ReadOnlySpan<float> TopLogits(int slot) => _topLogits.AsSpan(slot * TopK, TopK);

    public ReadOnlySpan<int> TopTokens(int slot) => _topTokens.AsSpan(slot * TopK, TopK);

    /// <summary>A whole row, copied when it is first asked for.</summary>
    public Span<float> Row(int slot)
    {
        long rowBytes = sizeof(float) * (long)VocabularySize;
        _rows ??= new PinnedBuffer(_slots * rowBytes);
        if (!_rowIsHere[slot])
        {
            _device.Copy(_rows.Address + (nint)(slot * rowBytes), LogitsOf(slot), rowBytes);
            _device.Synchronize();
            _rowIsHere[slot] = true;
        }

        return _rows.Span<float>(slot * rowBytes, VocabularySize);
    }

    public void Dispose()
    {
        HostInputs.Dispose();
        Inputs.Dispose();
        Total.Dispose();
        DecodeRows.Dispose();
        Logits.Dispose();
        HostTop.Dispose();
        Top.Dispose();
        _rows?.Dispose();
    }

    private long TopBytes(int rows) => IdsOffset(rows) + (sizeof(long) * (long)rows * TopK);

    private long IdsOffset(int rows) => ((sizeof(float) * (long)rows * TopK) + sizeof(long) - 1) / sizeof(long) * sizeof(long);

    private void WriteDecodeRows()
    {
        Span<long> rows = HostInputs.Span<long>(0, _slots);
        for (int row = 0; row < _slots; row++)
        {
            rows[row] = row;
        }

        _device.Copy(DecodeRows.Address, HostInputs.Address, sizeof(long) * (long)_slots);
        _device.Synchronize();
    }
}
