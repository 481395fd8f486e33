using Granary.TokenLog.Stores;

namespace Granary.Grains.Tests.TokenLog;

public sealed class MemoryTokenLogStoreTests : TokenLogStoreTests
{
    internal override Task<ITokenLogStore> CreateAsync() => Task.FromResult<ITokenLogStore>(new MemoryTokenLogStore(Guid.NewGuid().ToString(), TimeProvider.System));
}
