namespace Granary.Tenants;

/// <summary>Tells receivers of alerts; the gateway of the silo does it.</summary>
public interface IWebhookSender
{
    /// <summary>Whether a receiver may be called, as far as its address tells.</summary>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>, which says what an address must be.</exception>
    void Check(string url);

    /// <summary>One attempt.</summary>
    /// <param name="tenant">Whose alert it is.</param>
    /// <param name="webhook">The receiver.</param>
    /// <param name="alert">What it is told.</param>
    /// <returns><see langword="null"/> where the receiver has taken it, else why not.</returns>
    Task<string?> SendAsync(string tenant, Webhook webhook, TokenAlert alert);
}
