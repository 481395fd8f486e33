namespace Orleans.Runtime.Streaming;

/// <summary>The enumerations that an activation serves. Runs on the activation's scheduler; those that nobody pulls for the response timeout are ended.</summary>
internal sealed class StreamHost(Activation activation) : IStreamExtension, IStreamVisitor<StreamPump>, IAsyncDisposable
{
    private readonly Dictionary<Guid, StreamPump> _pumps = [];
    private ITimer? _reaper;
    private bool _isAbandoned;

    public Task<StreamBatch> OpenAsync(StreamRequest request)
    {
        var method = TypeRegistry.Instance.FindMethod(request.Method) ?? throw new OrleansMessageRejectionException("The called method is not known here; is this another version?");
        var call = (StreamInvokable)method.Create();
        var reader = new WireReader(request.Arguments, activation.Silo.Calls);
        call.ReadArguments(ref reader);
        var pump = call.Accept(this);
        pump.BatchSize = request.BatchSize;
        _pumps[request.Id] = pump;
        StartReaper();
        return NextAsync(request.Id);
    }

    public async Task<StreamBatch> NextAsync(Guid id)
    {
        if (_isAbandoned || !_pumps.TryGetValue(id, out var pump))
        {
            return StreamBatch.Missing;
        }

        var batch = await pump.NextAsync(activation.Silo.Messaging.ResponseTimeout / 2, activation.Silo.Time);
        if (batch.State != StreamState.Open)
        {
            _pumps.Remove(id);
            await pump.DisposeAsync();
        }

        return batch;
    }

    public async Task CloseAsync(Guid id)
    {
        if (_pumps.Remove(id, out var pump))
        {
            await pump.DisposeAsync();
        }
    }

    StreamPump IStreamVisitor<StreamPump>.Visit<TItem>(StreamInvokable<TItem> request) => new StreamPump<TItem>(request, activation.GrainInstance!);

    /// <summary>Ends all enumerations; pulls that wait are answered as missing.</summary>
    public async ValueTask DisposeAsync()
    {
        Abandon();
        foreach (var pump in _pumps.Values.ToArray())
        {
            await pump.DisposeAsync();
        }

        _pumps.Clear();
    }

    public void Abandon()
    {
        _isAbandoned = true;
        _reaper?.Dispose();
    }

    private void StartReaper() => _reaper ??= CleanContext.Run(this, static host =>
    {
        var period = host.IdleLimit / 4;
        return host.Time.CreateTimer(static state => ((StreamHost)state!).Reap(), host, period, period);
    });

    private TimeSpan IdleLimit => activation.Silo.Messaging.ResponseTimeout;

    private TimeProvider Time => activation.Silo.Time;

    private void Reap() => activation.Scheduler.Run(static state => _ = ((StreamHost)state!).ReapAsync(), this);

    private async Task ReapAsync()
    {
        foreach (var (id, pump) in _pumps.ToArray())
        {
            if (pump.IdleTime(Time) > IdleLimit)
            {
                _pumps.Remove(id);
                await pump.DisposeAsync();
            }
        }

        if (_pumps.Count == 0)
        {
            _reaper?.Dispose();
            _reaper = null;
        }
    }
}
