using System.Reflection;

namespace Orleans.Serialization.Invocation;

/*
How a grain call runs. The generator writes, for every grain interface, a proxy (a GrainReference that implements the interface) and for every
method an Invokable: the arguments as fields, the result in Invokable<T>.Result. The runtime is an IGrainCallSender.

  caller   proxy.Method(args)  ->  new Invokable { args }  ->  sender.InvokeAsync<T>(proxy, invokable)          (or InvokeOneWay, or Enumerate<T>)
  local    callee = invokable.Copy();  callee.CancellationToken = linked;  await callee.InvokeAsync(grain);  invokable.TakeResult(callee);  done with Result
  remote   invokable.Method.Id + invokable.WriteArguments(writer)  ->  callee = TypeRegistry.FindMethod(id).Create();  callee.ReadArguments(ref reader)
           await callee.InvokeAsync(grain);  callee.WriteResult(writer)  ->  invokable.ReadResult(ref reader);  done with Result
  failure  InvokeAsync throws what the grain threw; the runtime carries it with writer.Write<Exception>(e) / reader.Read<Exception>().
  stream   a method that returns IAsyncEnumerable<T> is a StreamInvokable<T>: the callee calls Open(grain) and moves the items itself with
           writer.Write<T>/reader.Read<T>; StreamInvokable.Accept gets from the untyped request to T without reflection.

Nothing here reflects after start-up: TypeRegistry learns every codec, method and proxy from the assemblies' generated manifests.
*/

/// <summary>One grain call: which method, with what arguments, and in the end its result. Base of generated classes; not reusable.</summary>
public abstract class Invokable : IInvokable
{
    /// <summary>What is called.</summary>
    public abstract GrainMethod Method { get; }

    /// <summary>What the call observes as its trailing cancellation token; set by the proxy at the caller and by the runtime at the callee.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>The result as an object, for filters; null for methods without one.</summary>
    public virtual object? BoxedResult
    {
        get => null;
        set { }
    }

    /// <summary>Calls the method on the target and keeps its result.</summary>
    public abstract ValueTask InvokeAsync(object target);

    /// <summary>A second call with deep-copied arguments and no token, for a callee in the same silo.</summary>
    public abstract Invokable Copy();

    /// <summary>Writes the arguments.</summary>
    public virtual void WriteArguments(WireWriter writer)
    {
    }

    /// <summary>Reads what <see cref="WriteArguments"/> wrote.</summary>
    public virtual void ReadArguments(ref WireReader reader)
    {
    }

    /// <summary>Writes the result.</summary>
    public virtual void WriteResult(WireWriter writer)
    {
    }

    /// <summary>Reads what <see cref="WriteResult"/> wrote.</summary>
    public virtual void ReadResult(ref WireReader reader)
    {
    }

    /// <summary>Takes a deep copy of the result of the same call made in this process.</summary>
    public virtual void TakeResult(Invokable callee)
    {
    }

    /// <inheritdoc/>
    public int GetArgumentCount() => Method.ArgumentCount;

    /// <inheritdoc/>
    public virtual object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public virtual void SetArgument(int index, object? value) => throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public string GetMethodName() => Method.Name;

    /// <inheritdoc/>
    public string GetInterfaceName() => Method.Interface.FullName!;

    /// <inheritdoc/>
    public Type GetInterfaceType() => Method.Interface;

    /// <inheritdoc/>
    public MethodInfo GetMethod() => Method.MethodInfo;

    /// <inheritdoc/>
    public override string ToString() => $"{Method.Interface.Name}.{Method.Name}";
}
