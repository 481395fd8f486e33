namespace Granary.Gateway.Tests.Running;

/// <summary>Tests that share one <see cref="BareGateway"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BareGatewayTests : ICollectionFixture<BareGateway>
{
    public const string Name = nameof(BareGateway);
}
