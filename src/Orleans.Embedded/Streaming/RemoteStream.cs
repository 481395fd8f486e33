namespace Orleans.Runtime.Streaming;

/// <summary>The caller's side of a method that returns <see cref="IAsyncEnumerable{T}"/>: every enumeration is a call.</summary>
internal sealed class RemoteStream<TItem>(GrainReference target, StreamInvokable<TItem> request, int batchSize = 100) : IAsyncEnumerable<TItem>, IBatchedStream<TItem>
{
    public IAsyncEnumerable<TItem> WithBatchSize(int size) => new RemoteStream<TItem>(target, request, size);

    public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var reference = TypeRegistry.Instance.GetInterface(typeof(IStreamExtension)).CreateReference(target.GrainId, target.Sender);
        return new Enumerator((IStreamExtension)reference, target, request, batchSize, cancellationToken);
    }

    private sealed class Enumerator : IAsyncEnumerator<TItem>
    {
        private readonly Guid _id = Guid.NewGuid();
        private readonly IStreamExtension _extension;
        private readonly GrainReference _target;
        private readonly StreamInvokable<TItem> _request;
        private readonly int _batchSize;
        private readonly CancellationTokenSource? _linked;
        private readonly CancellationToken _token;
        private readonly Queue<TItem> _items = new();
        private CancellationTokenRegistration _cancelled;
        private Exception? _error;
        private State _state;
        private int _closing;

        public Enumerator(IStreamExtension extension, GrainReference target, StreamInvokable<TItem> request, int batchSize, CancellationToken token)
        {
            _extension = extension;
            _target = target;
            _request = request;
            _batchSize = batchSize;
            if (request.CancellationToken.CanBeCanceled && token.CanBeCanceled)
            {
                _linked = CancellationTokenSource.CreateLinkedTokenSource(request.CancellationToken, token);
            }

            _token = _linked?.Token ?? (token.CanBeCanceled ? token : request.CancellationToken);
        }

        private enum State
        {
            New,
            Open,
            Ended,
        }

        public TItem Current { get; private set; } = default!;

        public async ValueTask<bool> MoveNextAsync()
        {
            while (true)
            {
                _token.ThrowIfCancellationRequested();
                if (_items.TryDequeue(out var item))
                {
                    Current = item;
                    return true;
                }

                if (_state == State.Ended)
                {
                    return _error is null ? false : throw _error;
                }

                await PullAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _cancelled.DisposeAsync();
            _linked?.Dispose();
            if (_state == State.Open)
            {
                _state = State.Ended;
                await CloseAsync();
            }
        }

        /// <summary>Ends the enumeration at the callee, once: when the reader leaves, or at once when it is cancelled.</summary>
        private async Task CloseAsync()
        {
            if (Interlocked.Exchange(ref _closing, 1) != 0)
            {
                return;
            }

            try
            {
                await _extension.CloseAsync(_id);
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                // The callee has gone, and its iterator with it.
            }
        }

        private async Task PullAsync()
        {
            var batch = RequestAsync();
            try
            {
                await batch.WaitAsync(_token);
            }
            catch when (!_token.IsCancellationRequested)
            {
                _state = State.Ended;
                throw;
            }

            Take(await batch);
        }

        private Task<StreamBatch> RequestAsync()
        {
            if (_state == State.Open)
            {
                return _extension.NextAsync(_id);
            }

            _state = State.Open;
            var opening = _extension.OpenAsync(new(_id, _request.Method.Id, WriteArguments(), _batchSize));

            // Not before the call that opens it: the two arrive in the order in which they are sent.
            _cancelled = _token.UnsafeRegister(static enumerator => _ = ((Enumerator)enumerator!).CloseAsync(), this);
            return opening;
        }

        private byte[] WriteArguments()
        {
            using var arguments = new WireWriter();
            _request.WriteArguments(arguments);
            return arguments.WrittenSpan.ToArray();
        }

        private void Take(StreamBatch batch)
        {
            var reader = new WireReader(batch.Items, _target.Sender);
            for (var i = 0; i < batch.Count; i++)
            {
                _items.Enqueue(reader.Read<TItem>());
            }

            if (batch.State == StreamState.Open)
            {
                return;
            }

            _state = State.Ended;
            _error = batch.State switch
            {
                StreamState.Failed => batch.Error,
                StreamState.Missing => new EnumerationAbortedException($"The enumeration of {_request} of {_target.GrainId} is gone: its activation ended, or nobody pulled for too long."),
                _ => null,
            };
        }
    }
}
