namespace Granary.Gateway.Tests.Running;

/// <summary>Tests that share one <see cref="KeyedGateway"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class KeyedGatewayTests : ICollectionFixture<KeyedGateway>
{
    public const string Name = nameof(KeyedGateway);
}
