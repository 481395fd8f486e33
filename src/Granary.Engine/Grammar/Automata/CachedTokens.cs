namespace Granary.Engine.Grammar.Automata;

/// <summary>Something about tokens that took a walk over the vocabulary to find, and can be found again.</summary>
internal abstract class CachedTokens
{
    private long _lastUse;

    /// <summary>Bytes of memory.</summary>
    public abstract long Bytes { get; }

    /// <summary>When it was used last, on the clock of <see cref="TokenCache"/>. Any thread may set it; the order need not be exact.</summary>
    public long LastUse
    {
        get => Volatile.Read(ref _lastUse);
        set => Volatile.Write(ref _lastUse, value);
    }

    /// <summary>Gives the memory up, whoever still refers to it.</summary>
    public virtual void Drop()
    {
    }
}
