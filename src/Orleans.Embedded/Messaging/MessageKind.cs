namespace Orleans.Runtime.Messaging;

internal enum MessageKind : byte
{
    /// <summary>A call whose caller waits.</summary>
    Request = 1,

    /// <summary>A call whose caller does not wait.</summary>
    OneWay = 2,

    /// <summary>The call has run; the payload is its result.</summary>
    Response = 3,

    /// <summary>The call threw; the payload is the exception.</summary>
    Error = 4,

    /// <summary>The call did not run; the payload is the exception.</summary>
    Rejection = 5,

    /// <summary>The caller of the request with this id gives up.</summary>
    Cancel = 6,

    /// <summary>The request with this id went on to the silo that the payload names.</summary>
    Forwarded = 7,
}
