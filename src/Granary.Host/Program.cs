using Granary.Host.Commands;

return await GranaryCommand.RunAsync(args);
