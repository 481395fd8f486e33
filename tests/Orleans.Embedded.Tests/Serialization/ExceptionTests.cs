namespace Orleans.Embedded.Tests.Serialization;

public sealed class ExceptionTests
{
    [Fact]
    public void RoundTrip_generated_exception_keeps_members_message_inner_and_stack()
    {
        var thrown = Throw(new CodedException(42, "coded"));

        var got = Assert.IsType<CodedException>(Wire.RoundTrip<Exception>(thrown));

        Assert.Equal((42, "coded"), (got.Code, got.Message));
        Assert.Contains(nameof(Throw), got.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void RoundTrip_plain_exception_of_a_known_assembly_keeps_type_and_message()
    {
        var got = Assert.IsType<PlainException>(Wire.RoundTrip<Exception>(new PlainException("plain")));

        Assert.Equal("plain", got.Message);
    }

    [Fact]
    public void RoundTrip_runtime_exception_keeps_type_and_message()
    {
        var got = Assert.IsType<SiloUnavailableException>(Wire.RoundTrip<Exception>(new SiloUnavailableException("gone")));

        Assert.Equal("gone", got.Message);
    }

    [Fact]
    public void RoundTrip_framework_exceptions_keep_type_and_message()
    {
        foreach (var sent in new Exception[] { new ArgumentNullException("p", "bad"), new OperationCanceledException("stop"), new KeyNotFoundException("key"), new ObjectDisposedException("it") })
        {
            var got = Wire.RoundTrip(sent);
            Assert.Equal(sent.GetType(), got.GetType());
            Assert.Equal(sent.Message, got.Message);
        }
    }

    [Fact]
    public void RoundTrip_aggregate_keeps_all_inner_exceptions()
    {
        var sent = new AggregateException("many", new TimeoutException("a"), new CodedException(1, "b"));

        var got = Assert.IsType<AggregateException>(Wire.RoundTrip<Exception>(sent));

        Assert.Equal(sent.Message, got.Message);
        Assert.IsType<CodedException>(got.InnerExceptions[1]);
    }

    [Fact]
    public void RoundTrip_exception_that_composes_its_message_keeps_it()
    {
        var got = Assert.IsType<OddException>(Wire.RoundTrip<Exception>(new OddException(3, true)));

        Assert.Equal("odd 3 True", got.Message);
    }

    [Fact]
    public void RoundTrip_exception_of_unregistered_type_arrives_as_stand_in()
    {
        var got = Assert.IsType<UnavailableExceptionFallbackException>(Wire.RoundTrip<Exception>(new HiddenException("hidden")));

        Assert.Equal("hidden", got.Message);
        Assert.Equal(typeof(HiddenException).FullName, got.ExceptionType);
    }

    private static Exception Throw(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    private sealed class HiddenException(string message) : Exception(message);
}
