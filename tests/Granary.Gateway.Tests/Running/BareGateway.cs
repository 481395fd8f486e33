namespace Granary.Gateway.Tests.Running;

/// <summary>A gateway whose silo serves no model: what is refused before a model matters.</summary>
public sealed class BareGateway : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public Uri Url => _gateway.Url;

    public HttpClient CreateClient() => _gateway.CreateClient();

    public async ValueTask InitializeAsync() => _gateway = await RunningGateway.StartAsync(new() { ["Granary:Gateway:AllowedOrigins"] = "https://app.example.com" });

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();
}
