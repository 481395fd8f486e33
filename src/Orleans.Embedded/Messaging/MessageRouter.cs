namespace Orleans.Runtime.Messaging;

/// <summary>Finds out where a message goes: to an activation here, to another silo, or first to the directory and to placement.</summary>
internal sealed class MessageRouter(SiloRuntime silo)
{
    private readonly Dictionary<GrainId, List<Message>> _addressing = [];

    /// <summary>Sends a new request. Arguments are copied or written before this returns, so that the caller may change them.</summary>
    public void Send(Message message, Invokable request)
    {
        try
        {
            if (SystemIds.IsSystem(message.Target))
            {
                message.TargetSilo = SystemIds.GetSilo(message.Target);
            }
            else if (silo.Catalog.TryGet(message.Target, out _) || silo.Types.Find(message.Target.Type) is { IsStatelessWorker: true })
            {
                message.TargetSilo = silo.Address;
                message.IsNewPlacement = true;
            }
            else if (silo.Directory.TryGetCached(message.Target, out var cached))
            {
                message.TargetSilo = cached;
            }

            if (message.TargetSilo is { } target && !target.Equals(silo.Address))
            {
                message.Call = request;
                WritePayload(message);
                message.Call = null;
                SendTo(target, message);
                return;
            }

            message.Call = request.Copy();
        }
        catch (Exception exception)
        {
            silo.Calls.Reject(message, exception);
            return;
        }

        if (message.TargetSilo is not null)
        {
            silo.Calls.SetTarget(message.Id, silo.Address);
            Deliver(message);
            return;
        }

        Address(message);
    }

    /// <summary>Takes a request from another silo.</summary>
    public void Receive(Message message)
    {
        if (SystemIds.IsSystem(message.Target) || silo.Catalog.TryGet(message.Target, out _) || message.IsNewPlacement
            || silo.Types.Find(message.Target.Type) is { IsStatelessWorker: true })
        {
            Deliver(message);
            return;
        }

        // The sender's address was stale.
        Reroute(message, null);
    }

    /// <summary>Sends a request on whose activation is not here, or no longer.</summary>
    public void Reroute(Message message, SiloAddress? to)
    {
        silo.Directory.Invalidate(message.Target, silo.Address);
        message.TargetSilo = to;
        message.IsNewPlacement = false;
        if (++message.Forwards > silo.Messaging.MaxForwardCount + 4)
        {
            silo.Calls.Reject(message, new OrleansMessageRejectionException($"The call to {message.Target} was passed on too often; the grain keeps moving."));
            return;
        }

        if (to is not null && !to.Equals(silo.Address))
        {
            silo.Directory.Cache(message.Target, to);
            SendTo(to, message);
            return;
        }

        Address(message);
    }

    /// <summary>Tells the callee that the caller gives up.</summary>
    public void SendCancel(PendingCall call)
    {
        if (call.TargetSilo is null || call.TargetSilo.Equals(silo.Address))
        {
            Cancel(call.Target, call.Id, silo.Address);
            return;
        }

        silo.Connections.Send(call.TargetSilo, new() { Kind = MessageKind.Cancel, Id = call.Id, Origin = silo.Address, Target = call.Target });
    }

    /// <summary>The caller of a request here gives up.</summary>
    public void Cancel(GrainId target, long id, SiloAddress origin)
    {
        if (silo.Catalog.TryGet(target, out var local))
        {
            local.Cancel(id, origin);
        }
    }

    /// <summary>Sends an answer to the silo that waits for it.</summary>
    public void SendAnswer(Message request, MessageKind kind, WireWriter payload) =>
        silo.Connections.Send(request.Origin, new() { Kind = kind, Id = request.Id, Origin = silo.Address, Payload = payload });

    /// <summary>A request that never left, since its silo died first.</summary>
    public void Undelivered(Message message)
    {
        if (!message.IsRequest)
        {
            message.Payload?.Dispose();
            return;
        }

        if (SystemIds.IsSystem(message.Target))
        {
            silo.Calls.Reject(message, new SiloUnavailableException($"The silo {message.TargetSilo} is gone."));
            return;
        }

        silo.Directory.Invalidate(message.Target, message.TargetSilo!);
        Reroute(message, null);
    }

    private static void WritePayload(Message message)
    {
        if (message.Payload is not null)
        {
            return;
        }

        var payload = new WireWriter();
        message.Call!.WriteArguments(payload);
        message.Payload = payload;
    }

    private static void ReadCall(Message message, IGrainCallSender sender)
    {
        if (message.Call is not null || message.Payload is null)
        {
            return;
        }

        var call = message.Method!.Create();
        var reader = new WireReader(message.Payload.WrittenSpan, sender);
        call.ReadArguments(ref reader);
        message.Call = call;
        message.Payload.Dispose();
        message.Payload = null;
    }

    private void Deliver(Message message)
    {
        try
        {
            ReadCall(message, silo.Calls);
        }
        catch (Exception exception)
        {
            silo.Calls.Respond(message, exception);
            return;
        }

        if (SystemIds.IsSystem(message.Target))
        {
            silo.SystemTargets.Deliver(message);
            return;
        }

        if (silo.Types.Find(message.Target.Type) is not { } info)
        {
            silo.Calls.Reject(message, new OrleansMessageRejectionException($"The silo {silo.Address} does not host the class of {message.Target}."));
            return;
        }

        if (silo.IsStopping && silo.Catalog.Find(message.Target) is null)
        {
            Reroute(message, null);
            return;
        }

        silo.Catalog.Deliver(message, info);
    }

    // Requests to a grain whose silo is being found wait for the first one's answer, and then leave in their order.
    private void Address(Message message)
    {
        lock (_addressing)
        {
            if (_addressing.TryGetValue(message.Target, out var waiting))
            {
                waiting.Add(message);
                return;
            }

            _addressing[message.Target] = [message];
        }

        _ = CleanContext.Run((this, message), static state => Task.Run(() => state.Item1.AddressAsync(state.message)));
    }

    private async Task AddressAsync(Message first)
    {
        SiloAddress? target = null;
        var isNewPlacement = true;
        Exception? failure = null;
        try
        {
            using var timeout = new CancellationTokenSource(silo.Messaging.PlacementTimeout, silo.Time);
            target = await silo.Directory.LookupAsync(first.Target, timeout.Token);

            // Registered here: it is in the catalogue, or has just gone and is made anew.
            isNewPlacement = target is null || target.Equals(silo.Address);
            target ??= await silo.Placement.PlaceAsync(first.Target, first.Context, first.Method!, timeout.Token);
        }
        catch (Exception exception)
        {
            failure = exception is OperationCanceledException
                ? new TimeoutException($"Finding a silo for {first.Target} took longer than {silo.Messaging.PlacementTimeout}.")
                : exception;
        }

        lock (_addressing)
        {
            _addressing.Remove(first.Target, out var waiting);
            foreach (var message in waiting!)
            {
                Send(message, target, isNewPlacement, failure);
            }
        }
    }

    private void Send(Message message, SiloAddress? target, bool isNewPlacement, Exception? failure)
    {
        if (failure is not null)
        {
            silo.Calls.Reject(message, failure);
            return;
        }

        message.IsNewPlacement = isNewPlacement;
        if (!target!.Equals(silo.Address))
        {
            SendTo(target, message);
            return;
        }

        message.TargetSilo = target;
        silo.Calls.SetTarget(message.Id, target);
        Deliver(message);
    }

    private void SendTo(SiloAddress target, Message message)
    {
        message.TargetSilo = target;
        try
        {
            WritePayload(message);
            MessageLimits.CheckBody(message.Payload!.Length, silo.Messaging);
        }
        catch (Exception exception)
        {
            silo.Calls.Reject(message, exception);
            return;
        }

        if (message.Origin.Equals(silo.Address))
        {
            silo.Calls.SetTarget(message.Id, target);
        }
        else if (message.Kind == MessageKind.Request)
        {
            var notice = new WireWriter();
            notice.Write(target);
            silo.Connections.Send(message.Origin, new() { Kind = MessageKind.Forwarded, Id = message.Id, Origin = silo.Address, Payload = notice });
        }

        message.Call = null;
        silo.Connections.Send(target, message);
    }
}
