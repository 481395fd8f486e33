namespace Granary.Gateway.Tests.Running;

/// <summary>Tests that share one <see cref="DemoGateway"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DemoGatewayTests : ICollectionFixture<DemoGateway>
{
    public const string Name = nameof(DemoGateway);
}
