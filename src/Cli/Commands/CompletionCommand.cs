using System.CommandLine;
using SchedBench.Core.Input;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench completion</c>: shell scripts that ask the program itself what can come next (the <c>[suggest:POS]</c> directive).</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _schedbench() {
            local line="${COMP_LINE#* }" at=$((COMP_POINT - ${#COMP_WORDS[0]} - 1)) reply
            reply=$(schedbench "[suggest:${at}]" "${line}" 2>/dev/null)
            COMPREPLY=($(compgen -W "${reply}" -- "${COMP_WORDS[COMP_CWORD]}"))
            [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -F _schedbench schedbench
        """;

    private const string Zsh = """
        #compdef schedbench
        _schedbench() {
            local line="${BUFFER#* }" at=$((CURSOR - ${#words[1]} - 1))
            local -a reply=("${(@f)$(schedbench "[suggest:${at}]" "${line}" 2>/dev/null)}")
            compadd -a reply || _files
        }
        compdef _schedbench schedbench
        """;

    private const string Fish = """
        function __schedbench_complete
            set -l line (commandline -cp | string replace -r '^\S+\s?' '')
            schedbench "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c schedbench -a '(__schedbench_complete)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName schedbench -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $line = $commandAst.ToString() -replace '^\S+\s?', ''
            $at = [Math]::Max(0, $cursorPosition - ($commandAst.ToString().Length - $line.Length))
            schedbench "[suggest:$at]" "$line" | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    private static readonly (string Shell, string Script)[] Scripts = [("bash", Bash), ("zsh", Zsh), ("fish", Fish), ("pwsh", PowerShell)];

    public static Command Create(Terminal terminal)
    {
        var command = new Command("completion", "Print a completion script for a shell: bash, zsh, fish or pwsh.");
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.CompletionSources.Add(_ => Scripts.Select(script => new System.CommandLine.Completions.CompletionItem(script.Shell)));
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetValue(shell)!;
            string[] shells = [.. Scripts.Select(script => script.Shell)];
            int at = Array.IndexOf(shells, wanted);
            if (at < 0) throw new InputException(new InputProblem("completion", 0, 0, "shell", wanted, $"expected one of {string.Join(", ", shells)}", NearestName.Find(wanted, shells)));
            terminal.Out.WriteLine(Scripts[at].Script.ReplaceLineEndings("\n"));
            return ExitCode.Ok;
        });
        return command;
    }
}
