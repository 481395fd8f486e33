namespace Granary.Gateway.Following;

/// <summary>Reading of turns that survive.</summary>
internal static class FollowingExtensions
{
    public static IServiceCollection AddFollowing(this IServiceCollection services) => services.AddSingleton<TurnFollower>();
}
