namespace Granary.Gateway.Tests.Running;

/// <summary>Tests that share one <see cref="EchoGateway"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class EchoGatewayTests : ICollectionFixture<EchoGateway>
{
    public const string Name = nameof(EchoGateway);
}
