using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Identity;

namespace Granary.Gateway.Admin;

/// <summary>What requests of administrators have in common.</summary>
internal static class AdminRequest
{
    /// <summary>The tenant that is asked about: an operator asks about all, everybody else about his own.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="wanted">The tenant; <see langword="null"/> for the caller's.</param>
    /// <exception cref="GranaryException"><c>permission_denied</c> or <c>invalid_request</c>.</exception>
    public static string TenantOf(Caller caller, string? wanted)
    {
        if (wanted is null || wanted == caller.Tenant)
            return caller.Tenant;
        if (caller.Role < CallerRole.Operator)
            throw new GranaryException(ErrorCode.PermissionDenied, "Only an operator may ask about another tenant.", "tenant");
        return TenantId.IsValid(wanted) ? wanted : throw new GranaryException(ErrorCode.InvalidRequest, $"A tenant is called by 1 to {TenantId.MaxLength} letters, digits, dots, underscores and hyphens.", "tenant");
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>too_large</c>.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, BodyReader bodies)
    {
        using var body = await bodies.ReadJsonAsync(context.Request, context.RequestAborted);
        try
        {
            return body.RootElement.Deserialize<T>(AdminJson.Options) ?? throw new GranaryException(ErrorCode.InvalidRequest, "The body is null; send an object.");
        }
        catch (JsonException exception)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"The body is not what it must be: {exception.Message.Split(" Path:", 2)[0]}", innerException: exception);
        }
    }
}
