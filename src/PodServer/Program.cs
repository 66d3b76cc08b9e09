using System.Runtime.InteropServices;

namespace SchedBench.PodServer;

/// <summary>A pod of a real run: a small web server that starts, is ready, answers, leaks, crashes and stops as its environment says (<see cref="PodSettings"/>).</summary>
internal static class Program
{
    private const int CrashedCode = 1;

    private static async Task<int> Main()
    {
        var settings = PodSettings.Read();
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new WebServer(settings);
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop), interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        if (settings.Run >= 0) _ = After(settings.Run, settings.ExitCode);
        if (settings.Crash >= 0) _ = After(settings.Crash, CrashedCode);
        using var memory = new Ballast(settings.MemoryBytes, settings.LeakedBytesPerSecond);
        if (settings.Port > 0) _ = server.ServeAsync();
        return await ended.Task.ConfigureAwait(false);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            server.BeginStop();
            _ = After(settings.Stop, 0);
        }

        async Task After(double seconds, int code)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
            ended.TrySetResult(code);
        }
    }
}
