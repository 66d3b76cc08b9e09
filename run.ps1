#!/usr/bin/env pwsh
# The same door as plain dotnet, for PowerShell users: forwards, and decides nothing.
#   ./run.ps1 run workloads/quickstart/experiment.yaml   = dotnet run -c Release --project src/Cli -- run workloads/quickstart/experiment.yaml
#   ./run.ps1 test                                       = dotnet test
if ($args.Count -gt 0 -and $args[0] -eq 'test') {
    dotnet test @($args | Select-Object -Skip 1)
} else {
    dotnet run -c Release --project "$PSScriptRoot/src/Cli" -- @args
}
exit $LASTEXITCODE
