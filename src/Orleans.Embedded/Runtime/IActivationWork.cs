namespace Orleans.Runtime;

/// <summary>What an activation runs one at a time: a request or a timer's tick.</summary>
internal interface IActivationWork
{
    /// <summary>Runs beside anything.</summary>
    bool AlwaysInterleaves { get; }

    /// <summary>Runs beside other read-only work.</summary>
    bool IsReadOnly { get; }

    /// <summary>The call chain that it belongs to, or empty.</summary>
    Guid Reentrancy { get; }

    /// <summary>Runs on the activation's scheduler; does not throw.</summary>
    Task RunAsync(Activation activation);
}
