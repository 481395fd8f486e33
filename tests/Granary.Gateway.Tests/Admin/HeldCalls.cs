using Granary.Deployments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Orleans;

namespace Granary.Gateway.Tests.Admin;

/// <summary>Holds calls of one method of grains up, and tells when the gateway has noticed that a caller hung up.</summary>
internal sealed class HeldCalls : IIncomingGrainCallFilter, IStartupFilter
{
    private Held? _held;

    /// <summary>Holds calls of a method, such as <c>ITenantGrain.SetLimitsAsync</c>, up from now on, until they are released.</summary>
    public Held Hold(string method) => _held = new Held(method);

    async Task IIncomingGrainCallFilter.Invoke(IIncomingGrainCallContext context)
    {
        if (_held is { } held && held.Method == $"{context.InterfaceMethod.DeclaringType!.Name}.{context.MethodName}")
        {
            held.Entered.TrySetResult();
            await held.Released.Task;
            if (context.InterfaceMethod.DeclaringType == typeof(IDeploymentsGrain))
                return; // here is no model to deploy: it answers nothing
        }

        await context.Invoke();
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            context.RequestAborted.Register(() => _held?.Aborted.TrySetResult());
            await rest(context);
        });
        next(app);
    };

    internal sealed class Held(string method)
    {
        public string Method => method;

        /// <summary>The call is held up.</summary>
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The gateway knows that its caller hung up.</summary>
        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Set, it lets the call go on.</summary>
        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
