using Granary.Errors;
using Granary.Serving;

namespace Granary.Sessions;

/// <summary>What a new conversation must have.</summary>
internal static class CreateSessionRules
{
    private const int MaxTitleLength = 200;

    public static void Check(CreateSession request)
    {
        if (string.IsNullOrWhiteSpace(request.Owner))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "The conversation has no owner.", "owner");
        }

        if (string.IsNullOrWhiteSpace(request.Model))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "Name the model to talk to.", "model");
        }

        if (request.Model.Length > ServedModel.MaxNameLength)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"The model's name is longer than {ServedModel.MaxNameLength} characters.", "model");
        }

        if (request.Title?.Length > MaxTitleLength)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"The title is longer than {MaxTitleLength} characters.", "title");
        }
    }
}
