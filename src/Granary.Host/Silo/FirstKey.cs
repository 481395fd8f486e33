using Granary.Gateway.Identity;
using Granary.Gateway.Identity.Keys;
using Granary.Identity;
using Granary.Serving;
using Microsoft.Extensions.Options;

namespace Granary.Host.Silo;

/// <summary>Makes an installation's first operator key at its first start, and shows it this once: it is stored as a hash.</summary>
internal sealed partial class FirstKey(IGrainFactory grains, IOptions<IdentityOptions> options, TimeProvider time, ILogger<FirstKey> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Part of the start, so that a silo that is ready has shown its key.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await MakeAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotMade(failure is IOException or UnauthorizedAccessException ? failure.Message : GrainErrors.Translate(failure).Message);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        var secret = KeySecret.New(OwnedKey.LocalTenant);
        var key = secret.ToStored(OwnedKey.LocalTenant, "first operator key", CallerRole.Operator, KeyScopes.All, time.GetUtcNow(), lifetime: null);
        var file = options.Value.FirstKeyFile;
        if (file is not null)
        {
            await WriteAsync(file, secret, cancellationToken); // before it holds: a key that could not be shown would be lost
        }

        if (!await grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key).BeginAsync(key))
        {
            Delete(file);
        }
        else if (file is null)
        {
            System.Console.WriteLine($"granary: the operator key, shown this once: {secret}");
        }
    }

    private static async Task WriteAsync(string file, KeySecret secret, CancellationToken cancellationToken)
    {
        Delete(file);
        await using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(secret.ToString()), cancellationToken);
    }

    private static void Delete(string? file)
    {
        if (file is not null && File.Exists(file))
        {
            File.Delete(file);
        }
    }

    [LoggerMessage(5010, LogLevel.Warning, "The first operator key could not be made; the next start tries again ({Reason})")]
    private partial void LogNotMade(string reason);
}
