using System.Runtime.InteropServices;
using SchedBench.Cli;

using var cancellation = new CancellationTokenSource();
// The first signal asks for a clean stop, the second one is the system's.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return CliApp.Run(args, Terminal.OfProcess(), cancellation.Token);
