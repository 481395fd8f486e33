namespace Granary.Engine.Tests.Toy;

/// <summary>Holds the engine's thread before each forward pass until the test lets it go.</summary>
internal sealed class StepGate : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _passes = new(0);
    private volatile bool _open;

    /// <summary>To be called by the runner before each pass.</summary>
    public void Pass(ToyCall call)
    {
        _arrived.Release();
        if (!_open)
        {
            _passes.Wait();
        }
    }

    /// <summary>Waits until the engine stands before a pass.</summary>
    public Task ArrivedAsync() => _arrived.WaitAsync();

    /// <summary>Lets one pass run and waits until the engine stands before the next.</summary>
    public Task LetOneRunAsync()
    {
        _passes.Release();
        return ArrivedAsync();
    }

    /// <summary>Lets everything run from now on.</summary>
    public void Open()
    {
        _open = true;
        _passes.Release();
    }

    public void Dispose()
    {
        _arrived.Dispose();
        _passes.Dispose();
    }
}
