using Granary.Errors;
using Granary.Serving;
using Npgsql;
using Orleans.Storage;

namespace Granary.Grains.Tests.Serving;

public sealed class GrainErrorsTests
{
    public static TheoryData<Exception, ErrorCode> Failures => new()
    {
        { new SiloUnavailableException("gone"), ErrorCode.Unavailable },
        { new TimeoutException("silent"), ErrorCode.Unavailable },
        { new NpgsqlException("the membership is away"), ErrorCode.Unavailable },
        { new OrleansException("not activated", new NpgsqlException("the membership is away")), ErrorCode.Unavailable },
        { new InconsistentStateException("changed elsewhere"), ErrorCode.StoreUnavailable },
        { new OperationCanceledException(), ErrorCode.Cancelled },
        { new InvalidOperationException("a bug"), ErrorCode.Internal },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Translate_failure_of_the_runtime_gives_its_code(Exception failure, ErrorCode code) => Assert.Equal(code, GrainErrors.Translate(failure).Code);

    [Fact]
    public async Task GuardStore_driver_fails_is_the_stores_failure()
    {
        var error = await Assert.ThrowsAsync<GranaryException>(() => GrainErrors.GuardStoreAsync(() => Task.FromException(new NpgsqlException("away"))));

        Assert.Equal(ErrorCode.StoreUnavailable, error.Code);
    }
}
