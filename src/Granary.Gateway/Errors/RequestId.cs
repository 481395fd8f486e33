namespace Granary.Gateway.Errors;

/// <summary>The header <c>x-request-id</c>, which every response has, refusals too: a completion's id where the request is for one.</summary>
internal static class RequestId
{
    public const string Header = "x-request-id";

    /// <summary>Gives the response one of its own.</summary>
    public static void Begin(HttpResponse response) => Set(response, $"req_{Guid.CreateVersion7():N}");

    /// <summary>Names what the response is about.</summary>
    public static void Set(HttpResponse response, string id) => response.Headers[Header] = id;

    /// <summary>As the log has it.</summary>
    public static string Of(HttpResponse response) => response.Headers[Header].ToString();

    /// <summary>Throws away what was to be sent, but for this.</summary>
    public static void ClearOthers(HttpResponse response)
    {
        var id = Of(response);
        response.Clear();
        if (id.Length > 0)
            Set(response, id);
        else
            Begin(response);
    }
}
