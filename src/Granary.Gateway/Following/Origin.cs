using Granary.Sessions;

namespace Granary.Gateway.Following;

/// <summary>Who answers, told once and again when it changes.</summary>
internal struct Origin
{
    private (string? Model, string? Silo, string? Zone) _told;

    /// <summary>Whether <paramref name="item"/> says something new.</summary>
    public bool IsNew(TurnEvent item)
    {
        var now = (item.Model, item.Silo, item.Zone);
        if (now == _told)
            return false;
        _told = now;
        return true;
    }
}
