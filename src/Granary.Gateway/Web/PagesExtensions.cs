using Microsoft.Extensions.FileProviders;

namespace Granary.Gateway.Web;

/// <summary>Serves the chat page, whose files lie beside the assembly.</summary>
internal static class PagesExtensions
{
    public static WebApplication UsePages(this WebApplication app)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "web");
        if (!Directory.Exists(folder))
            return app;

        var files = new PhysicalFileProvider(folder);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            // Files change with a new version under the same name; the ETag makes asking again cheap.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
        return app;
    }
}
