using Granary.Host.Chat;

namespace Granary.Host.Tests.Chat;

public sealed class HubExceptionTests
{
    [Theory]
    [InlineData("session_busy: Wait.", "session_busy", "Wait.")]
    [InlineData("An unexpected error occurred invoking 'Send' on the server. HubException: too_large: 12 of 10: shorten it.", "too_large", "12 of 10: shorten it.")]
    [InlineData("Failed to invoke 'Nope' due to an error on the server.", "internal_error", "Failed to invoke 'Nope' due to an error on the server.")]
    public void Parse_takesCodeAndSentenceApart(string error, string code, string sentence)
    {
        var exception = HubException.Parse(error);

        Assert.Equal(code, exception.Code);
        Assert.Equal(sentence, exception.Message);
    }
}
